Option Explicit
' The buttons: labels in the user's language, and one way to Python for all of them.

Private Declare PtrSafe Function MessageBoxW Lib "user32" (ByVal owner As LongPtr, ByVal text As LongPtr, ByVal title As LongPtr, ByVal kind As Long) As Long

Private ribbon As Object

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
    told = PxServer().CallUDF("perfxl.ribbon.server", "clicked", Array(control.ID, PxLanguage()), book)
    If Len(told) > 0 Then PxTell told
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

Public Sub PxSwitch(ByVal control As Object)
    PxSwitchLanguage
    PxRegister
    If Not ribbon Is Nothing Then ribbon.Invalidate
End Sub

' MsgBox shows only what the local code page holds.
Private Sub PxTell(ByVal text As String)
    MessageBoxW Application.Hwnd, StrPtr(text), StrPtr("perfxl"), 64
End Sub
