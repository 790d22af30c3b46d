Option Explicit
Option Private Module
' What every worksheet function goes through: cells to values, values to Python, error texts to error values.

Private Const ManyRows As Long = 5000
Private failure As String

' The result of a function of perfxl. Whatever fails gives an error value, and PX_WHY says why.
Public Function PxCall(ByVal name As String, ByVal given As Variant) As Variant
    Dim place As Long, again As Boolean, reason As String, sent() As Variant
    On Error GoTo Failed
    If name = "PX_WHY" And Len(failure) > 0 Then
        PxCall = failure
        failure = ""
        Exit Function
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
    Exit Function
Failed:
    reason = "perfxl: " & Err.Description
    If PxGone(Err.Number) And Not again Then
        again = True
        PxForget
        Resume
    End If
    failure = reason
    PxCall = CVErr(2015)
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
