//go:build unix

package machine

import (
	"os"
	"runtime"
	"syscall"

	"chute/uploader/fault"
)

func defaultPath() string {
	if runtime.GOOS == "darwin" {
		return "/Library/Application Support/Chute"
	}
	return "/etc/chute"
}

// wholePath: whoever can rename a folder anywhere above can put another in its
// place.
const wholePath = true

// admin is the user whose files are believed, beside root's.
type admin struct{ uid uint32 }

func administrators() admin { return admin{0} }
func thisUser() admin       { return admin{uint32(os.Geteuid())} }

// check fails where others than the administrator could have written what is
// open: it is not theirs, or its group or everybody may write to it. A folder
// like /tmp, in which nobody can touch what others made, is safe.
func (a admin) check(f *os.File, _ bool) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return fault.OwnerUnknown
	case stat.Uid != 0 && stat.Uid != a.uid:
		return fault.NotOfRoot
	case info.Mode().Perm()&0o022 != 0 && !(info.IsDir() && info.Mode()&os.ModeSticky != 0):
		return fault.OthersThanRoot
	}
	return nil
}
