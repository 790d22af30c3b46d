Option Explicit
Option Private Module
' The line to Python: xlwings' DLL starts the server once and gives its COM object, which is kept.

#If Win64 Then
Private Const DllName As String = "{dll64}"
Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "{dll64}" (ByRef result As Variant, ByVal line As String, ByVal mode As Long) As Long
#Else
Private Const DllName As String = "{dll32}"
Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "{dll32}" (ByRef result As Variant, ByVal line As String, ByVal mode As Long) As Long
#End If
Private Declare PtrSafe Function LoadLibraryW Lib "kernel32" (ByVal path As LongPtr) As LongPtr

Private held As Object
Private failure As String

' The server. It is tried once: where it cannot be started each cell fails at once, with the reason, until a button is
' pressed. A server that hangs at its start takes the DLL two minutes; so many for each cell would be hours.
Public Function PxServer() As Object
    Dim made As Variant, path As String
    If held Is Nothing Then
        If Len(failure) > 0 Then Err.Raise 1000, "perfxl", failure
        path = PxSetting("dll") & "\" & DllName
        failure = "cannot load " & path
        If LoadLibraryW(StrPtr(path)) = 0 Then Err.Raise 1000, "perfxl", failure
        failure = "the server did not start"
        If XLPyDLLActivateAuto(made, PxSetting("server"), 1) <> 0 Then
            failure = made
            If Len(failure) = 0 Then failure = "the server did not start"
            Err.Raise 1000, "perfxl", failure
        End If
        Set held = made
        failure = ""
    End If
    Set PxServer = held
End Function

' Lets go of a server that has gone, or forgets that none could be started: the next function tries again.
Public Sub PxForget()
    Set held = Nothing
    failure = ""
End Sub

' Whether a server could not be started.
Public Function PxFailed() As Boolean
    PxFailed = Len(failure) > 0
End Function
