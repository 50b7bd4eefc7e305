; The folder of the program on the PATH, of the user or of the computer.
;
; NSIS itself cuts off what is longer than 1,024 characters, which would destroy
; many a PATH. So the value stays in memory that System allocates, is never in
; a variable, and keeps its type and every other character.

!define HKEY_CURRENT_USER -2147483647 ; as the sign-extended handles that Windows defines
!define HKEY_LOCAL_MACHINE -2147483646
!define REG_EXPAND_SZ 2
!define KEY_READ_WRITE 0x2001F

!macro pathFunctions un

; openPath reads the value. Its characters stand at $R2, between two semicolons,
; so that each folder in it does; there is space for $INSTDIR behind. $R1 is
; the open key, $R4 the value's type. $R0 is "error" where it cannot be had.
Function ${un}openPath
	StrCpy $R0 error
	${If} $MultiUser.InstallMode == AllUsers
		System::Call 'advapi32::RegOpenKeyExW(p ${HKEY_LOCAL_MACHINE}, w "SYSTEM\CurrentControlSet\Control\Session Manager\Environment", i 0, i ${KEY_READ_WRITE}, *p .R1) i .R3'
	${Else}
		System::Call 'advapi32::RegOpenKeyExW(p ${HKEY_CURRENT_USER}, w "Environment", i 0, i ${KEY_READ_WRITE}, *p .R1) i .R3'
	${EndIf}
	${If} $R3 != 0
		Return
	${EndIf}
	StrCpy $R4 ${REG_EXPAND_SZ}
	StrCpy $R5 0 ; bytes
	System::Call 'advapi32::RegQueryValueExW(p R1, w "Path", p 0, *i .R4, p 0, *i .R5) i .R3'
	${If} $R3 == 2 ; there is none
		StrCpy $R4 ${REG_EXPAND_SZ}
		StrCpy $R5 0
	${ElseIf} $R3 != 0
		System::Call 'advapi32::RegCloseKey(p R1)'
		Return
	${EndIf}
	StrLen $R6 $INSTDIR
	IntOp $R6 $R6 + 8
	IntOp $R6 $R6 * 2
	IntOp $R6 $R6 + $R5
	System::Alloc $R6 ; zeroed
	Pop $R2
	System::Call 'kernel32::lstrcatW(p R2, w ";")'
	${If} $R5 > 0
		IntPtrOp $R7 $R2 + 2
		System::Call 'advapi32::RegQueryValueExW(p R1, w "Path", p 0, p 0, p R7, *i R5R5) i .R3'
		${If} $R3 != 0
			System::Free $R2
			System::Call 'advapi32::RegCloseKey(p R1)'
			Return
		${EndIf}
	${EndIf}
	System::Call 'kernel32::lstrcatW(p R2, w ";")'
	StrCpy $R0 ""
FunctionEnd

; writePath writes the characters from $R7 on, and ends what openPath began.
Function ${un}writePath
	System::Call 'kernel32::lstrlenW(p R7) i .R5'
	IntOp $R5 $R5 + 1
	IntOp $R5 $R5 * 2
	System::Call 'advapi32::RegSetValueExW(p R1, w "Path", i 0, i R4, p R7, i R5)'
FunctionEnd

Function ${un}closePath
	System::Free $R2
	System::Call 'advapi32::RegCloseKey(p R1)'
FunctionEnd

!macroend
!insertmacro pathFunctions ""
!insertmacro pathFunctions "un."

Function addToPath
	Call openPath
	${If} $R0 == error
		Return
	${EndIf}
	System::Call 'shlwapi::StrStrIW(p R2, w ";$INSTDIR;") p .R3'
	${If} $R3 == 0
		System::Call 'kernel32::lstrcatW(p R2, w "$INSTDIR")'
		; Without the semicolon in front, and the second one of an empty PATH.
		IntPtrOp $R7 $R2 + 2
		${If} $R5 <= 2
			IntPtrOp $R7 $R2 + 4
		${EndIf}
		Call writePath
	${EndIf}
	Call closePath
FunctionEnd

Function un.removeFromPath
	Call un.openPath
	${If} $R0 == error
		Return
	${EndIf}
	System::Call 'shlwapi::StrStrIW(p R2, w ";$INSTDIR;") p .R3'
	${If} $R3 != 0
		; What follows moves up, from its semicolon on.
		StrLen $R6 $INSTDIR
		IntOp $R6 $R6 + 1
		IntOp $R6 $R6 * 2
		IntPtrOp $R6 $R6 + $R3
		System::Call 'kernel32::lstrlenW(p R6) i .R5'
		IntOp $R5 $R5 + 1
		IntOp $R5 $R5 * 2
		System::Call 'ntdll::memmove(p R3, p R6, p R5)'
		; Without the semicolons in front and at the end.
		IntPtrOp $R7 $R2 + 2
		System::Call 'kernel32::lstrlenW(p R2) i .R5'
		${If} $R5 <= 1
			System::Call 'advapi32::RegDeleteValueW(p R1, w "Path")'
		${Else}
			IntOp $R5 $R5 - 1
			IntOp $R5 $R5 * 2
			IntPtrOp $R5 $R5 + $R2
			System::Call '*$R5(&i2 0)'
			Call un.writePath
		${EndIf}
	${EndIf}
	Call un.closePath
FunctionEnd
