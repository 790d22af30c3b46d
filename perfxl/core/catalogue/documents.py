"""D codes: Word documents."""

from __future__ import annotations

from perfxl.core.problems import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "D101": Kind(
        E,
        "找不到模板文件 {file}",
        "Template file {file} not found",
        "检查文件名和所在文件夹",
        "Check the file name and its folder",
    ),
    "D102": Kind(
        E,
        "{file} 不是可用的 Word 文档（.docx）",
        "{file} is not a Word document (.docx) that can be used",
        "用 Word 或 WPS 打开，另存为 .docx；旧式 .doc 和带密码的文件不能用",
        "Open it in Word and save it as .docx; old .doc files and files with a password cannot be used",
    ),
    "D103": Kind(
        E,
        "{file} 已损坏：{reason}",
        "{file} is damaged: {reason}",
        "用 Word 打开并修复后另存，或重新取一份",
        "Open it in Word, repair and save it, or get a fresh copy",
    ),
    "D104": Kind(
        E,
        "{file} 解开后超过 {limit} MB，未打开",
        "{file} unpacks to more than {limit} MB and was not opened",
        "压缩模板里的图片后再试",
        "Compress the pictures in the template and try again",
    ),
    "D105": Kind(
        E,
        "{file} 的 {part} 含有文档类型声明（DTD），出于安全未打开",
        "{file} has a document type declaration in {part}; not opened, for safety",
        "Word 不会写出这种内容；向文件的来源核实",
        "Word never writes this; ask where the file comes from",
    ),
    "D106": Kind(
        E,
        "{file} 含有宏，未打开",
        "{file} contains macros and was not opened",
        "在 Word 中另存为不含宏的 .docx",
        "Save it in Word as a .docx without macros",
    ),
    "D107": Kind(
        E,
        "无法读取模板文件 {file}：{reason}",
        "Template file {file} cannot be read: {reason}",
        "关闭正在使用它的程序，检查权限",
        "Close the program that uses it, check the permissions",
    ),
    "D110": Kind(
        E,
        "模板语法错误：{where} {tag}（{reason}）",
        "Template syntax error: {where}, {tag} ({reason})",
        "检查这个标签的括号、引号和标点（都要用半角）",
        "Check the brackets, quotes and punctuation of this tag",
    ),
    "D111": Kind(
        E,
        "{where}的 {tag} 没有结束标签",
        "{tag} in {where} is never closed",
        "在后面加上 {{% end{word} %}}（同样写法：{{%p end{word} %}} 或 {{%tr end{word} %}}）",
        "Add {{% end{word} %}} after it (or {{%p end{word} %}}, {{%tr end{word} %}}, as it was opened)",
    ),
    "D112": Kind(
        E,
        "{where}：不认识或多余的标签 {tag}",
        "Unknown or surplus tag {tag} in {where}",
        "检查 {word} 的拼写；end… 标签前面要有对应的开始标签",
        "Check the spelling of {word}; an end… tag needs its opening tag before it",
    ),
    "D113": Kind(
        E,
        "{where} {tag}：没有名为 {word} 的过滤器或测试",
        "There is no filter or test named {word}: {tag} in {where}",
        "检查拼写。相近的名称：{suggestion}",
        "Check the spelling. Nearest name: {suggestion}",
    ),
    "D115": Kind(
        E,
        "数据中没有变量 {variable}：{where} {tag}",
        "The data has no variable {variable}: {where}, {tag}",
        "在数据中补上它，或改模板：{{{{ {variable}|default('') }}}}",
        "Supply it in the data, or change the template: {{{{ {variable}|default('') }}}}",
    ),
    "D116": Kind(
        E,
        "数据中没有变量 {variable}，是不是 {suggestion}？{where} {tag}",
        "The data has no variable {variable}; did you mean {suggestion}? {where}, {tag}",
        "把模板中的 {variable} 改为 {suggestion}",
        "Change {variable} to {suggestion} in the template",
    ),
    "D117": Kind(
        E,
        "{where} {tag} 算不出来：{reason}",
        "{tag} in {where} cannot be worked out: {reason}",
        "检查这条数据的类型是否符合模板的用法",
        "Check that the data is of the kind the template expects",
    ),
    "D118": Kind(
        E,
        "{where} {tag} 用了不允许的操作：{reason}",
        "{tag} in {where} does what is not allowed: {reason}",
        "模板只能读取数据，不能访问程序内部",
        "Templates read data; they may not reach into the program",
    ),
    "D119": Kind(
        E,
        "{part}生成的内容不是有效的 Word 内容：{reason}",
        "The result for {part} is no valid Word content: {reason}",
        "成对的标签要放在同一处：同一段内，或都写成 {{%p %}}、{{%tr %}}；不要用 |safe 输出普通文字",
        "Put the tags of a pair at like places: in one paragraph, or both as {{%p %}} or {{%tr %}}; "
        "never print plain text with |safe",
    ),
    "D120": Kind(
        E,
        "{file}：插入的子文档或图片属于另一个文档",
        "{file}: an inserted subdocument or picture belongs to another document",
        "用同一模板的 docxtpl() 准备，每个结果文档准备一次",
        "Prepare it with docxtpl() of the same template, once for each document made",
    ),
    "D121": Kind(
        E,
        "{where} {tag}：图片无法读取（{reason}）",
        "{tag} in {where}: the picture cannot be read ({reason})",
        "检查图片文件是否存在，格式是否为 PNG、JPEG、GIF、BMP 或 TIFF",
        "Check that the picture exists and is PNG, JPEG, GIF, BMP or TIFF",
    ),
    "D130": Kind(
        W,
        "{where}用了全角括号 {tag}，会原样印出",
        "Full-width brackets in {where}: {tag} will be printed as it stands",
        "改用半角：{{{{ … }}}} 或 {{% … %}}",
        "Use half-width brackets: {{{{ … }}}} or {{% … %}}",
    ),
    "D131": Kind(
        W,
        "{where}的标签没有写完：{tag}",
        "Unfinished tag in {where}: {tag}",
        "补上缺少的括号，并把整个标签放在同一段",
        "Add the missing bracket and keep the whole tag in one paragraph",
    ),
    "D132": Kind(
        W,
        "{where}的 {tag} 只有一层括号，会原样印出",
        "{tag} in {where} has single brackets and will be printed as it stands",
        "若是变量，写成 {{{tag}}}",
        "If it is a variable, write {{{tag}}}",
    ),
    "D133": Kind(
        W,
        "{where} {tag} 的标签里有全角标点：{word}",
        "Full-width punctuation inside {tag} in {where}: {word}",
        "标签里改用半角标点",
        "Use half-width punctuation inside tags",
    ),
    "D140": Kind(
        W,
        "{file}：{part}与 docxtpl 的结果不一致",
        "{file}: {part} differs from the result of docxtpl",
        "请把模板发给维护者；文档仍可逐份用 docxtpl 生成",
        "Please send the template to the maintainers; documents can still be made with docxtpl one by one",
    ),
}
