// Makes documents by one npm library for some seconds, a file each, and prints how many a second.
// node others.js LIBRARY TEMPLATE RECORDS FOLDER SECONDS

const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

const [library, template, records, folder, seconds] = process.argv.slice(2);
const load = createRequire(path.join(process.cwd(), "index.js")); // packages of the folder it is started in

const libraries = {
  docxtemplater() {
    const PizZip = load("pizzip");
    const Docxtemplater = load("docxtemplater");
    const content = fs.readFileSync(template);
    return async (record) => {
      const document = new Docxtemplater(new PizZip(content), { paragraphLoop: true, linebreaks: true });
      document.render(record);
      return document.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
    };
  },
  "easy-template-x"() {
    const { TemplateHandler } = load("easy-template-x");
    const content = fs.readFileSync(template);
    return async (record) => new TemplateHandler().process(content, record);
  },
  carbone() {
    const carbone = load("carbone");
    return (record) =>
      new Promise((done, failed) => carbone.render(template, record, (error, made) => (error ? failed(error) : done(made))));
  },
};

async function main() {
  const make = libraries[library]();
  const data = JSON.parse(fs.readFileSync(records));
  const write = async (number) => fs.writeFileSync(path.join(folder, `${number}.docx`), await make(data[number % data.length]));
  for (let number = 0; number < 5; number++) await write(number);
  const begin = process.hrtime.bigint();
  const passed = () => Number(process.hrtime.bigint() - begin) / 1e9;
  let number = 0;
  while (passed() < Number(seconds)) await write(number++);
  console.log(number / passed());
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
