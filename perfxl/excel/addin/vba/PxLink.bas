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

Private Const Patience As Double = 30 / 86400
Private held As Object
Private failedAt As Date
Private failure As String

' The server. One that could not be started is not tried again for half a minute, or every cell would wait for it.
Public Function PxServer() As Object
    Dim made As Variant, path As String
    If held Is Nothing Then
        If Now < failedAt + Patience Then Err.Raise 1000, "perfxl", failure
        failedAt = Now
        path = PxSetting("dll") & "\" & DllName
        failure = "cannot load " & path
        If LoadLibraryW(StrPtr(path)) = 0 Then Err.Raise 1000, "perfxl", failure
        If XLPyDLLActivateAuto(made, PxSetting("server"), 1) <> 0 Then
            failure = made
            Err.Raise 1000, "perfxl", failure
        End If
        Set held = made
        failedAt = 0
    End If
    Set PxServer = held
End Function

' Lets go of a server that has gone; another is started when needed.
Public Sub PxForget()
    Set held = Nothing
    failedAt = 0
End Sub
