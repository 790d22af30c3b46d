Option Explicit
Option Private Module
' What every worksheet function goes through: cells to values, values to Python, error texts to error values.

Private Const ManyRows As Long = 5000
Private Const MostKept As Long = 1000
Private Const MostAsked As Long = 20
Private failure As String
Private failed As New Collection

' The result of a function of perfxl. Whatever fails gives an error value, and PX_WHY says why.
Public Function PxCall(ByVal name As String, ByVal given As Variant) As Variant
    Dim place As Long, again As Boolean, reason As String, sent() As Variant
    On Error GoTo Failed
    If name = "PX_WHY" Then
        PxCall = PxWhy(given)
        If Not IsEmpty(PxCall) Then Exit Function
    End If
    ReDim sent(LBound(given) To UBound(given))
    For place = LBound(given) To UBound(given)
        If TypeName(given(place)) = "Range" Then
            sent(place) = PxCells(given(place))
        ElseIf Not IsMissing(given(place)) Then
            sent(place) = given(place)
        End If
    Next place
    PxCall = PxResult(PxServer().CallUDF("perfxl.excel.functions", name, sent))
    If name = "PX_WHY" Then Exit Function
    failure = ""
    PxKeep name, sent, PxCall, ""
    Exit Function
Failed:
    reason = "perfxl: " & Err.Description
    If PxGone(Err.Number) And Not again Then
        again = True
        PxForget
        Resume
    End If
    If name = "PX_WHY" Then
        PxCall = reason
    Else
        failure = reason
        PxCall = CVErr(2015)
        PxKeep name, Empty, PxCall, reason
    End If
End Function

' What PX_WHY says of the cell it is given, or of the last function that failed and still does: asked anew, with what
' that one was sent. Empty where it is given the name of a function, or nothing is kept. A cell that shows no error has
' none, whatever was kept of it before.
Private Function PxWhy(ByVal given As Variant) As Variant
    Dim kept As Variant, at As Long, cell As Object, asked As Variant
    PxWhy = Empty
    asked = "-"
    If IsMissing(given(LBound(given))) Then
        Application.Volatile True
        If Len(failure) > 0 Then
            PxWhy = failure
            Exit Function
        End If
        For at = failed.Count To 1 Step -1
            If PxStands(failed(at)) Then
                PxWhy = PxAsk(failed(at), "")
                Exit Function
            End If
        Next at
        If TypeName(Application.Caller) = "Range" Then PxWhy = PxTold(asked)
        Exit Function
    End If
    If TypeName(given(LBound(given))) <> "Range" Then Exit Function
    Set cell = given(LBound(given)).Cells(1, 1)
    If VarType(cell.Value) = vbString Then
        If UCase$(Left$(cell.Value, 3)) = "PX_" Then Exit Function
    End If
    If IsError(cell.Value) Then
        For at = failed.Count To 1 Step -1
            kept = failed(at)
            If PxCovers(kept, cell) Then
                PxWhy = PxAsk(kept, "@" & (cell.Row - kept(5).Row) & "," & (cell.Column - kept(5).Column))
                Exit Function
            End If
        Next at
        asked = cell.Value
    End If
    PxWhy = PxTold(asked)
End Function

' PX_WHY of a cell of which nothing is kept: "-" where it shows no error, else the error.
Private Function PxTold(ByVal asked As Variant) As Variant
    PxTold = PxResult(PxServer().CallUDF("perfxl.excel.functions", "PX_WHY", Array(asked)))
End Function

' Whether the cell of a kept function still holds a formula: it may have been cleared, or its sheet deleted.
Private Function PxStands(ByVal kept As Variant) As Boolean
    On Error Resume Next
    PxStands = kept(5).HasFormula
End Function

' PX_WHY with what is kept: the function's name, the place within its result, and what it was sent.
Private Function PxAsk(ByVal kept As Variant, ByVal place As String) As Variant
    Dim asked() As Variant, at As Long, last As Long, sent As Variant
    If Len(kept(6)) > 0 Then
        PxAsk = kept(6)
        Exit Function
    End If
    sent = kept(2)
    For at = LBound(sent) To UBound(sent)
        If Not IsEmpty(sent(at)) Then last = at - LBound(sent) + 1
    Next at
    If last > MostAsked Then last = MostAsked
    ReDim asked(0 To last)
    asked(0) = kept(1) & place
    For at = 1 To last
        asked(at) = sent(LBound(sent) + at - 1)
    Next at
    PxAsk = PxResult(PxServer().CallUDF("perfxl.excel.functions", "PX_WHY", asked))
End Function

' Keeps the function of a cell whose result holds an error value, and lets go of the one before: it was mended, or another.
' One that did not come to a result is kept with its reason.
Private Sub PxKeep(ByVal name As String, ByVal sent As Variant, ByVal found As Variant, ByVal reason As String)
    Dim caller As Object, place As String, rows As Long, columns As Long
    On Error GoTo Done
    If TypeName(Application.Caller) <> "Range" Then Exit Sub
    Set caller = Application.Caller.Cells(1, 1)
    place = caller.Address(External:=True)
    On Error Resume Next
    failed.Remove place
    On Error GoTo Done
    If Not PxHoldsError(found, rows, columns) Then Exit Sub
    If failed.Count >= MostKept Then failed.Remove 1
    failed.Add Array(place, name, sent, rows, columns, caller, reason), place
Done:
End Sub

Private Function PxHoldsError(ByVal found As Variant, ByRef rows As Long, ByRef columns As Long) As Boolean
    Dim one As Variant
    rows = 1
    columns = 1
    If Not IsArray(found) Then
        PxHoldsError = IsError(found)
        Exit Function
    End If
    If PxDimensions(found) = 1 Then
        columns = UBound(found) - LBound(found) + 1
    Else
        rows = UBound(found, 1) - LBound(found, 1) + 1
        columns = UBound(found, 2) - LBound(found, 2) + 1
    End If
    For Each one In found
        If IsError(one) Then PxHoldsError = True
    Next one
End Function

' Whether a cell is one of those that a kept function fills: of its workbook and sheet, within the rows and columns, where
' they are now that rows may have been inserted. None, once its formula or its sheet is gone.
Private Function PxCovers(ByVal kept As Variant, ByVal cell As Object) As Boolean
    Dim caller As Object, origin As String, other As String
    On Error GoTo Done
    If Not PxStands(kept) Then Exit Function
    Set caller = kept(5)
    origin = caller.Address(External:=True)
    other = cell.Address(External:=True)
    If Left$(origin, InStrRev(origin, "!")) <> Left$(other, InStrRev(other, "!")) Then Exit Function
    PxCovers = cell.Row >= caller.Row And cell.Row < caller.Row + kept(3) And cell.Column >= caller.Column And cell.Column < caller.Column + kept(4)
Done:
End Function

' Whether an error says that the server is no longer there: RPC server unavailable, RPC failed, object disconnected.
Public Function PxGone(ByVal number As Long) As Boolean
    Select Case number
        Case 462, -2147023174, -2147023170, -2147417848: PxGone = True
    End Select
End Function

' The cells of a range, without the unused rows and columns behind them: A:A is not a million values.
Public Function PxCells(ByVal cells As Object) As Variant
    Dim used As Object, rows As Double, columns As Double
    If cells.Areas.Count > 1 Then Err.Raise 1000, "perfxl", "several areas"
    rows = cells.Rows.Count
    columns = cells.Columns.Count
    If rows > ManyRows Or columns > ManyRows Then
        Set used = cells.Worksheet.UsedRange
        rows = PxLeast(rows, used.Row + used.Rows.Count - cells.Row)
        columns = PxLeast(columns, used.Column + used.Columns.Count - cells.Column)
        If rows < 1 Or columns < 1 Then
            PxCells = Empty
        Else
            PxCells = cells.Resize(rows, columns).Value
        End If
    Else
        PxCells = cells.Value
    End If
End Function

' A result with the text of errors as error values.
Public Function PxResult(ByVal found As Variant) As Variant
    Dim row As Long, column As Long
    If Not IsArray(found) Then
        PxResult = PxError(found)
        Exit Function
    End If
    If PxDimensions(found) = 1 Then
        For column = LBound(found) To UBound(found)
            found(column) = PxError(found(column))
        Next column
    Else
        For row = LBound(found, 1) To UBound(found, 1)
            For column = LBound(found, 2) To UBound(found, 2)
                found(row, column) = PxError(found(row, column))
            Next column
        Next row
    End If
    PxResult = found
End Function

Public Function PxError(ByVal cell As Variant) As Variant
    PxError = cell
    If VarType(cell) <> vbString Then Exit Function
    If Left$(cell, 1) <> "#" Then Exit Function
    Select Case cell
        Case "#NULL!": PxError = CVErr(2000)
        Case "#DIV/0!": PxError = CVErr(2007)
        Case "#VALUE!": PxError = CVErr(2015)
        Case "#REF!": PxError = CVErr(2023)
        Case "#NAME?": PxError = CVErr(2029)
        Case "#NUM!": PxError = CVErr(2036)
        Case "#N/A": PxError = CVErr(2042)
    End Select
End Function

Private Function PxDimensions(ByRef found As Variant) As Long
    Dim bound As Long
    PxDimensions = 1
    On Error GoTo Done
    bound = UBound(found, 2)
    PxDimensions = 2
Done:
End Function

Private Function PxLeast(ByVal one As Double, ByVal other As Double) As Double
    If one < other Then PxLeast = one Else PxLeast = other
End Function
