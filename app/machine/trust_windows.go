package machine

import (
	"os"
	"path/filepath"
	"slices"
	"unsafe"

	"chute/uploader/fault"

	"golang.org/x/sys/windows"
)

// defaultPath asks Windows, because every user can set %ProgramData%.
func defaultPath() string {
	dir, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, windows.KF_FLAG_DEFAULT)
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "Chute")
}

// wholePath: the folder of all programs' data is Windows' own.
const wholePath = false

// admin is whose files are believed.
type admin struct{ sids []*windows.SID }

func administrators() admin {
	var a admin
	for _, text := range []string{
		"S-1-5-32-544", // Administrators
		"S-1-5-18",     // the system
		"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", // TrustedInstaller
	} {
		if sid, err := windows.StringToSid(text); err == nil {
			a.sids = append(a.sids, sid)
		}
	}
	return a
}

func thisUser() admin {
	a := administrators()
	if user, err := windows.GetCurrentProcessToken().GetTokenUser(); err == nil {
		a.sids = append(a.sids, user.User.Sid)
	}
	return a
}

func (a admin) has(sid *windows.SID) bool { return slices.ContainsFunc(a.sids, sid.Equals) }

// What others must not be allowed. In a folder everybody may make files, which
// is so below %ProgramData% and does no harm: they belong to whoever made them.
const (
	change       = windows.DELETE | windows.WRITE_DAC | windows.WRITE_OWNER | windows.GENERIC_ALL
	changeFile   = change | windows.FILE_WRITE_DATA | windows.FILE_APPEND_DATA | windows.GENERIC_WRITE
	deleteChild  = 0x40 // FILE_DELETE_CHILD
	changeFolder = change | deleteChild
)

// check fails where others than administrators could have written what is open:
// it is not theirs, or its access list lets others change it.
func (a admin) check(f *os.File, folder bool) error {
	sd, err := windows.GetSecurityInfo(windows.Handle(f.Fd()), windows.SE_FILE_OBJECT,
		windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return err
	}
	return a.checkDescriptor(sd, folder)
}

func (a admin) checkDescriptor(sd *windows.SECURITY_DESCRIPTOR, folder bool) error {
	owner, _, err := sd.Owner()
	if err != nil {
		return err
	}
	if !a.has(owner) {
		return fault.NotOfAdmins
	}
	list, _, err := sd.DACL()
	if err != nil {
		return err
	}
	if list == nil {
		return fault.EverybodyMay
	}
	forbidden := windows.ACCESS_MASK(changeFile)
	if folder {
		forbidden = changeFolder
	}
	for i := range uint32(list.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &ace); err != nil {
			return err
		}
		switch {
		case ace.Header.AceFlags&windows.INHERIT_ONLY_ACE != 0, ace.Header.AceType == windows.ACCESS_DENIED_ACE_TYPE:
			continue // not about this, or takes away
		case ace.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE:
			return fault.AccessNotReadable
		case ace.Mask&forbidden != 0 && !a.has((*windows.SID)(unsafe.Pointer(&ace.SidStart))):
			return fault.OthersThanAdmins
		}
	}
	return nil
}
