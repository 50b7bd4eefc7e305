; The installer of Chute for Windows, for one user or for all.
;
;   chute-VERSION-windows-amd64-setup.exe [/S] [/AllUsers | /CurrentUser] [/D=FOLDER]
;   uninstall.exe [/S] [/PURGE]
;
; The build defines VERSION, FILES (the folder of what to install), ICON,
; WIZARD (a bitmap), SIGN (a program that signs the file it is given) and OUTPUT.

Unicode true
Target amd64-unicode
ManifestDPIAware true
ManifestSupportedOS Win10
SetCompressor /SOLID lzma
SetCompressorDictSize 64 ; MiB: chute.com is chute.exe again
SetDateSave off

!define APP_ID io.github.chute.Chute
!define FILE_TYPE Chute.Destination
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Chute"

!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_MUI
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_INSTALLMODE_DEFAULT_CURRENTUSER
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "${UNINSTALL_KEY}"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME InstallLocation
!define MULTIUSER_INSTALLMODE_INSTDIR Chute
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "${UNINSTALL_KEY}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME InstallLocation
!define MULTIUSER_USE_PROGRAMFILES64
!include MultiUser.nsh
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WinMessages.nsh
!include path.nsh

Name Chute
OutFile "${OUTPUT}"
BrandingText "Chute ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
Icon "${ICON}"
UninstallIcon "${ICON}"
!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${WIZARD}"
!define MUI_WELCOMEFINISHPAGE_BITMAP_STRETCH FitControl

VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
VIAddVersionKey ProductName Chute
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Installer of Chute"
VIAddVersionKey CompanyName "The Chute authors"
VIAddVersionKey LegalCopyright "The Chute authors, Apache License 2.0"

!uninstfinalize '"${SIGN}" "%1"'

!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "Start Chute"
!define MUI_FINISHPAGE_RUN_FUNCTION startUnelevated
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

; Windows' own codes, which roll-out tools know.
!define ERROR_ELEVATION_REQUIRED 740
!define ERROR_SHARING_VIOLATION 32

; Without a user nobody would close the box that MULTIUSER_INIT puts up.
!macro refuseUnelevated
	${GetParameters} $0
	${GetOptions} $0 "/AllUsers" $1
	${IfNot} ${Errors}
	${AndIf} ${Silent}
		UserInfo::GetAccountType
		Pop $1
		${If} $1 != Admin
			SetErrorLevel ${ERROR_ELEVATION_REQUIRED}
			Quit
		${EndIf}
	${EndIf}
!macroend

Var givenFolder

Function .onInit
	StrCpy $givenFolder $INSTDIR ; by /D; MULTIUSER_INIT puts its own in place
	!insertmacro refuseUnelevated
	!insertmacro MULTIUSER_INIT
	${If} $givenFolder != ""
		StrCpy $INSTDIR $givenFolder
	${EndIf}
FunctionEnd

Function un.onInit
	!insertmacro refuseUnelevated
	!insertmacro MULTIUSER_UNINIT
	${GetParameters} $0
	${GetOptions} $0 "/PURGE" $1
	${IfNot} ${Errors}
		Call un.choosePurge
	${EndIf}
FunctionEnd

; The installer may be elevated; Chute must not be. Explorer is not.
Function startUnelevated
	Exec '"$WINDIR\explorer.exe" "$INSTDIR\chute.exe"'
FunctionEnd

; replaceable makes way for a new version of a program that is running: it may
; not be overwritten, but renamed. The next installation takes it away.
!macro replaceable FILE
	Delete "$INSTDIR\${FILE}.old"
	${If} ${FileExists} "$INSTDIR\${FILE}"
		ClearErrors
		FileOpen $0 "$INSTDIR\${FILE}" a
		${If} ${Errors}
			Rename "$INSTDIR\${FILE}" "$INSTDIR\${FILE}.old"
			Delete /REBOOTOK "$INSTDIR\${FILE}.old"
		${Else}
			FileClose $0
		${EndIf}
	${EndIf}
!macroend

Section Chute
	SetOutPath $INSTDIR
	!insertmacro replaceable chute.exe
	!insertmacro replaceable chute.com
	ClearErrors
	File "${FILES}\chute.exe"
	File "${FILES}\chute.com"
	File "${FILES}\chute.png"
	File "${FILES}\LICENSE.txt"
	File "${FILES}\third-party-licences.txt"
	WriteUninstaller "$INSTDIR\uninstall.exe"
	${If} ${Errors}
		SetErrorLevel 2
		Abort "Chute could not be written to $INSTDIR."
	${EndIf}

	CreateShortcut "$SMPROGRAMS\Chute.lnk" "$INSTDIR\chute.exe" "" "" 0 SW_SHOWNORMAL "" "Drop a file, get a link"
	Call sendToFolder
	Pop $0
	${If} $0 != ""
		CreateDirectory $0
		CreateShortcut "$0\Chute.lnk" "$INSTDIR\chute.exe" "" "" 0 SW_SHOWNORMAL "" "Send with Chute"
	${EndIf}

	; Files that name a destination. The program shows what it would add.
	WriteRegStr SHCTX "Software\Classes\.chute" "" "${FILE_TYPE}"
	WriteRegStr SHCTX "Software\Classes\.chute" "Content Type" "application/vnd.chute.destination"
	WriteRegStr SHCTX "Software\Classes\${FILE_TYPE}" "" "Chute destination"
	WriteRegStr SHCTX "Software\Classes\${FILE_TYPE}\DefaultIcon" "" "$INSTDIR\chute.exe,0"
	WriteRegStr SHCTX "Software\Classes\${FILE_TYPE}\shell\open\command" "" '"$INSTDIR\chute.exe" "%1"'

	; "Send with Chute" in the menus of files and folders.
	!macro verb CLASS
		WriteRegStr SHCTX "Software\Classes\${CLASS}\shell\Chute" "" "Send with Chute"
		WriteRegStr SHCTX "Software\Classes\${CLASS}\shell\Chute" "Icon" "$INSTDIR\chute.exe,0"
		WriteRegStr SHCTX "Software\Classes\${CLASS}\shell\Chute" "MultiSelectModel" "Player" ; more than 15 at a time
		WriteRegStr SHCTX "Software\Classes\${CLASS}\shell\Chute\command" "" '"$INSTDIR\chute.exe" "%1"'
	!macroend
	!insertmacro verb "*"
	!insertmacro verb "Directory"

	; Who notifications come from.
	WriteRegStr SHCTX "Software\Classes\AppUserModelId\${APP_ID}" "DisplayName" "Chute"
	WriteRegStr SHCTX "Software\Classes\AppUserModelId\${APP_ID}" "IconUri" "$INSTDIR\chute.png"

	WriteRegStr SHCTX "Software\Microsoft\Windows\CurrentVersion\App Paths\chute.exe" "" "$INSTDIR\chute.exe"
	Call addToPath

	WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "Chute"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\chute.exe,0"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "The Chute authors"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "URLInfoAbout" "https://chute.github.io"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode'
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode /S'
	WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
	WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
	${GetSize} $INSTDIR "/S=0K" $0 $1 $2
	WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "EstimatedSize" $0

	${If} $MultiUser.InstallMode == AllUsers
		Call makeMachineFolder
	${EndIf}
	Call tellShell
SectionEnd

; makeMachineFolder makes the folder of an administrator's destinations and
; settings: for administrators and the system to write, for users to read. Below
; %ProgramData% everybody may make folders, so it is made before somebody else
; makes it, with this access from the start. One that is there is left alone:
; what an installer did to a stranger's folder could be turned against the
; computer, and Chute believes nothing in it that is not an administrator's.
!define MACHINE_FOLDER "O:BAG:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;FRFX;;;BU)"
Function makeMachineFolder
	System::Call 'advapi32::ConvertStringSecurityDescriptorToSecurityDescriptorW(w "${MACHINE_FOLDER}", i 1, *p .r1, p 0) i .r0'
	${If} $0 = 0
		Return
	${EndIf}
	System::Call '*(i 24, i 0, p r1, i 0, i 0) p .r2' ; SECURITY_ATTRIBUTES
	System::Call 'kernel32::CreateDirectoryW(w "$APPDATA\Chute", p r2)' ; %ProgramData%, for all users
	System::Free $2
	System::Call 'kernel32::LocalFree(p r1)'
FunctionEnd

; sendToFolder pushes the folder of the Send to menu: the user's or, for all
; users, that which new users begin with. Those who are there already have
; "Send with Chute" in the menus of files.
!macro sendToFolder un
Function ${un}sendToFolder
	${If} $MultiUser.InstallMode == CurrentUser
		Push $SENDTO
	${Else}
		ReadRegStr $0 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList" "Default"
		${If} $0 == ""
			Push ""
		${Else}
			ExpandEnvStrings $0 $0
			Push "$0\AppData\Roaming\Microsoft\Windows\SendTo"
		${EndIf}
	${EndIf}
FunctionEnd
!macroend
!insertmacro sendToFolder ""
!insertmacro sendToFolder "un."

!define SHCNE_ASSOCCHANGED 0x08000000
!macro tellShell un
Function ${un}tellShell
	System::Call 'shell32::SHChangeNotify(i ${SHCNE_ASSOCCHANGED}, i 0, p 0, p 0)'
	SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=5000
FunctionEnd
!macroend
!insertmacro tellShell ""
!insertmacro tellShell "un."

; What runs cannot be deleted.
Function un.requireClosed
	again:
	StrCpy $1 ""
	!macro tryOpen FILE
		${If} ${FileExists} "$INSTDIR\${FILE}"
			ClearErrors
			FileOpen $0 "$INSTDIR\${FILE}" a
			${If} ${Errors}
				StrCpy $1 ${FILE}
			${Else}
				FileClose $0
			${EndIf}
		${EndIf}
	!macroend
	!insertmacro tryOpen chute.exe
	!insertmacro tryOpen chute.com
	${If} $1 != ""
		MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Chute is running. Quit it, and try again." /SD IDCANCEL IDRETRY again
		SetErrorLevel ${ERROR_SHARING_VIOLATION}
		Quit
	${EndIf}
FunctionEnd

Section un.Chute
	SectionIn RO
	Call un.requireClosed
	Delete "$INSTDIR\chute.exe"
	Delete "$INSTDIR\chute.com"
	Delete "$INSTDIR\chute.exe.old"
	Delete "$INSTDIR\chute.com.old"
	Delete "$INSTDIR\chute.png"
	Delete "$INSTDIR\LICENSE.txt"
	Delete "$INSTDIR\third-party-licences.txt"
	Delete "$INSTDIR\uninstall.exe"
	RMDir $INSTDIR ; only where it is empty

	Delete "$SMPROGRAMS\Chute.lnk"
	Call un.sendToFolder
	Pop $0
	${If} $0 != ""
		Delete "$0\Chute.lnk"
	${EndIf}
	Call un.removeFromPath
	${If} $MultiUser.InstallMode == AllUsers
		RMDir "$APPDATA\Chute" ; what an administrator put there stays
	${EndIf}

	ReadRegStr $0 SHCTX "Software\Classes\.chute" ""
	${If} $0 == "${FILE_TYPE}"
		DeleteRegKey SHCTX "Software\Classes\.chute"
	${EndIf}
	DeleteRegKey SHCTX "Software\Classes\${FILE_TYPE}"
	DeleteRegKey SHCTX "Software\Classes\*\shell\Chute"
	DeleteRegKey SHCTX "Software\Classes\Directory\shell\Chute"
	DeleteRegKey SHCTX "Software\Classes\AppUserModelId\${APP_ID}"
	DeleteRegKey SHCTX "Software\Microsoft\Windows\CurrentVersion\App Paths\chute.exe"
	DeleteRegKey SHCTX "${UNINSTALL_KEY}"
	Call un.tellShell
SectionEnd

; Of this user alone: an administrator does not delete what belongs to others.
Section /o "un.My settings, history and store" purge
	SetShellVarContext current
	RMDir /r "$LOCALAPPDATA\chute"
	RMDir /r "$APPDATA\fyne\${APP_ID}" ; the toolkit's own
	RMDir "$APPDATA\fyne"
	RMDir /r "$LOCALAPPDATA\fyne\${APP_ID}"
	RMDir "$LOCALAPPDATA\fyne"
	; The secrets of its destinations, in the Credential Manager. Each entry of
	; the list at $1 points to a credential, whose name is its third field.
	System::Call 'advapi32::CredEnumerateW(w "chute:*", i 0, *i .r0, *p .r1) i .r2'
	${If} $2 != 0
		StrCpy $3 $1
		${While} $0 > 0
			System::Call '*$3(p .r4)'
			System::Call '*$4(i, i .r5, p .r6)'
			System::Call 'advapi32::CredDeleteW(p r6, i r5, i 0)'
			IntPtrOp $3 $3 + ${NSIS_PTR_SIZE}
			IntOp $0 $0 - 1
		${EndWhile}
		System::Call 'advapi32::CredFree(p r1)'
	${EndIf}
SectionEnd

Function un.choosePurge
	!insertmacro SelectSection ${purge}
FunctionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
!insertmacro MUI_DESCRIPTION_TEXT ${purge} "Also delete what Chute keeps for you. Links to files on this computer end."
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END
