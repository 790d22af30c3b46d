Option Explicit
Option Private Module
' Texts and settings stand in the add-in's own sheets: code stays ASCII, Chinese stays readable.

' A setting baked in when the add-in was built.
Public Function PxSetting(ByVal name As String) As String
    PxSetting = PxLookUp("settings", name, 2)
End Function

' A text in the user's language: column 2 is Chinese, 3 English, then the same of what explains it.
Public Function PxText(ByVal sheet As String, ByVal name As String, ByVal kind As Long) As String
    PxText = PxLookUp(sheet, name, 2 * kind + PxEnglish())
End Function

Public Function PxLookUp(ByVal sheet As String, ByVal name As String, ByVal column As Long) As String
    Dim row As Long, texts As Object
    Set texts = ThisWorkbook.Worksheets(sheet)
    row = 2
    Do While Len(texts.Cells(row, 1).Value) > 0
        If texts.Cells(row, 1).Value = name Then
            PxLookUp = texts.Cells(row, column).Value
            Exit Function
        End If
        row = row + 1
    Loop
End Function

' "zh" or "en": what the user chose, else as Excel speaks.
Public Function PxLanguage() As String
    Dim spoken As Long
    On Error Resume Next
    PxLanguage = PxKeptSetting("language")
    If PxLanguage = "" Then
        spoken = Application.LanguageSettings.LanguageID(2) And 1023
        If spoken = 4 Then PxLanguage = "zh" Else PxLanguage = "en"
    End If
End Function

Public Sub PxSwitchLanguage()
    PxKeepSetting "language", IIf(PxLanguage() = "zh", "en", "zh")
End Sub

' What the user chose once, kept for the next time.
Public Function PxKeptSetting(ByVal name As String) As String
    On Error Resume Next
    PxKeptSetting = GetSetting("perfxl", "addin", name, "")
End Function

Public Sub PxKeepSetting(ByVal name As String, ByVal value As String)
    SaveSetting "perfxl", "addin", name, value
End Sub

' Tells Excel what each function and argument is for. Whether it could: not before there is a workbook.
Public Function PxRegister() As Boolean
    Dim texts As Object, row As Long, count As Long, place As Long, english As Long, name As String, helps() As String
    On Error Resume Next
    Set texts = ThisWorkbook.Worksheets("functions")
    english = PxEnglish()
    row = 2
    Do While Len(texts.Cells(row, 1).Value) > 0
        name = "'" & ThisWorkbook.Name & "'!" & texts.Cells(row, 1).Value
        count = texts.Cells(row, 6).Value
        Err.Clear
        If count > 0 Then
            ReDim helps(1 To count)
            For place = 1 To count
                helps(place) = texts.Cells(row, 5 + 2 * place + english).Value
            Next place
            Application.MacroOptions Macro:=name, Description:=texts.Cells(row, 2 + english).Value, _
                Category:=texts.Cells(row, 4 + english).Value, ArgumentDescriptions:=helps
        Else
            Application.MacroOptions Macro:=name, Description:=texts.Cells(row, 2 + english).Value, _
                Category:=texts.Cells(row, 4 + english).Value
        End If
        If Err.Number <> 0 And row = 2 Then Exit Function
        row = row + 1
    Loop
    PxRegister = (row > 2)
End Function

Private Function PxEnglish() As Long
    If PxLanguage() = "en" Then PxEnglish = 1
End Function
