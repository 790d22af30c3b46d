Option Explicit
' The buttons: labels in the user's language, and one way to Python for all of them.

Private Declare PtrSafe Function MessageBoxW Lib "user32" (ByVal owner As LongPtr, ByVal text As LongPtr, ByVal title As LongPtr, ByVal kind As Long) As Long

Private Const AtWork As String = "px.working"
Private ribbon As Object
Private waiting As Boolean
Private edited As String

Public Sub PxLoaded(ByVal made As Object)
    Set ribbon = made
End Sub

Public Sub PxLabel(ByVal control As Object, ByRef text As Variant)
    text = PxText("ribbon", control.ID, 1)
End Sub

Public Sub PxTip(ByVal control As Object, ByRef text As Variant)
    text = PxText("ribbon", control.ID, 2)
End Sub

' A button was clicked: Python does the work on the active workbook and says what came of it. The status bar is Python's:
' what it says there, such as why a cell is marked, stays until the next button.
Public Sub PxRun(ByVal control As Object)
    Dim told As String, reason As String, book As Object, again As Boolean
    On Error GoTo Failed
    Set book = ActiveWorkbook
    If book Is Nothing Then Set book = ThisWorkbook
    If PxFailed() Then PxForget
    told = PxServer().CallUDF("perfxl.ribbon.server", "clicked", Array(control.ID, PxLanguage(), PxBoxes()), book)
    PxHear told
    Exit Sub
Failed:
    reason = Err.Description
    If PxGone(Err.Number) And Not again Then
        again = True
        PxForget
        Resume
    End If
    Application.StatusBar = False
    PxTell PxText("ribbon", "px.failed", 1) & vbLf & reason
End Sub

' Work that takes its time is asked for each second, so that Excel is never kept waiting. It ends with its message.
Public Sub PxPoll()
    Dim told As String, reason As String
    On Error GoTo Failed
    waiting = False
    told = PxServer().CallUDF("perfxl.ribbon.server", "polled", Array(edited), ThisWorkbook)
    PxHear told
    Exit Sub
Failed:
    reason = Err.Description
    PxForget
    Application.StatusBar = False
    PxTell PxText("ribbon", "px.failed", 1) & vbLf & reason
End Sub

' Takes note that the user has changed a workbook while Python is at work on one.
Public Sub PxEdited(ByVal name As String)
    If Not waiting Then Exit Sub
    If InStr(1, "/" & edited & "/", "/" & name & "/") = 0 Then edited = edited & "/" & name
End Sub

' What Python says: that it is still at work, or its message.
Private Sub PxHear(ByVal told As String)
    If told = AtWork Then
        If Not waiting Then Application.OnTime Now + TimeSerial(0, 0, 1), "'" & ThisWorkbook.Name & "'!PxPoll"
        waiting = True
    Else
        If Not waiting Then edited = ""
        If Len(told) > 0 Then PxTell told
    End If
End Sub

Public Sub PxSwitch(ByVal control As Object)
    PxSwitchLanguage
    PxRegister
    If Not ribbon Is Nothing Then ribbon.Invalidate
End Sub

' A box was ticked or cleared: it is remembered, and sent along with every button.
Public Sub PxTick(ByVal control As Object, ByVal pressed As Boolean)
    PxKeepSetting control.ID, IIf(pressed, "1", "")
End Sub

Public Sub PxTicked(ByVal control As Object, ByRef pressed As Variant)
    pressed = (PxKeptSetting(control.ID) = "1")
End Sub

' The names of the boxes that are ticked, parted by commas.
Private Function PxBoxes() As String
    Dim names() As String, at As Long
    names = Split(PxSetting("boxes"), ",")
    For at = LBound(names) To UBound(names)
        If PxKeptSetting("px.tick." & names(at)) = "1" Then PxBoxes = PxBoxes & "," & names(at)
    Next at
    PxBoxes = Mid$(PxBoxes, 2)
End Function

' MsgBox shows only what the local code page holds.
Private Sub PxTell(ByVal text As String)
    MessageBoxW Application.Hwnd, StrPtr(text), StrPtr("perfxl"), 64
End Sub
