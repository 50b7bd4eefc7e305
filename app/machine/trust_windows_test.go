package machine

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

// made makes a folder with a file whose owner and access list are these, in
// Windows' own form.
func made(t *testing.T, folder, file string) Folder {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "Chute")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, Destinations)
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	secure(t, path, file)
	secure(t, dir, folder)
	return At(dir)
}

func secure(t *testing.T, path, list string) {
	t.Helper()
	sd, err := windows.SecurityDescriptorFromString("D:P" + list)
	if err != nil {
		t.Fatal(err)
	}
	acl, _, err := sd.DACL()
	if err != nil {
		t.Fatal(err)
	}
	if err := windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, acl, nil); err != nil {
		t.Fatal(err)
	}
}

// The access lists: administrators and the system may do everything, and the
// user that runs the test, who stands for one.
func full(t *testing.T) string {
	t.Helper()
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	return "(A;;FA;;;BA)(A;;FA;;;SY)(A;;FA;;;" + user.User.Sid.String() + ")"
}

// described checks an access list by itself, as of something that an
// administrator owns: Wine keeps no more of a file's than who may read and write.
func described(t *testing.T, list string, folder bool) error {
	t.Helper()
	sd, err := windows.SecurityDescriptorFromString("O:BAD:P" + list)
	if err != nil {
		t.Fatal(err)
	}
	return administrators().checkDescriptor(sd, folder)
}

const admins = "(A;;FA;;;BA)(A;;FA;;;SY)"

func TestTrusted(t *testing.T) {
	for name, lists := range map[string][2]string{
		"administrators alone":        {"", ""},
		"others may read":             {"(A;;FRFX;;;BU)", "(A;;FR;;;BU)"},
		"others may add files":        {"(A;;0x1200ab;;;BU)", "(A;;FR;;;BU)"}, // as below %ProgramData%
		"only for what is made there": {"(A;OICIIO;FA;;;BU)", "(A;;FR;;;BU)"},
		"others must not":             {"(D;;FA;;;BU)", "(D;;FA;;;WD)"},
	} {
		if err := described(t, admins+lists[0], true); err != nil {
			t.Errorf("folder, %s: %v", name, err)
		}
		if err := described(t, admins+lists[1], false); err != nil {
			t.Errorf("file, %s: %v", name, err)
		}
	}
	f := made(t, full(t)+"(A;;FRFX;;;BU)", full(t)+"(A;;FR;;;BU)")
	if text, ok, err := f.Read(Destinations); text != "text" || !ok || err != nil {
		t.Errorf("%q, %v, %v", text, ok, err)
	}
}

func TestUntrusted(t *testing.T) {
	for name, list := range map[string]string{
		"everybody may write":     "(A;;FW;;;WD)",
		"users may do all":        "(A;;FA;;;BU)",
		"users may append":        "(A;;0x4;;;BU)",
		"users may change rights": "(A;;WD;;;BU)",
		"users may take it":       "(A;;WO;;;BU)",
		"users may delete it":     "(A;;SD;;;BU)",
		"one user may write":      "(A;;FW;;;S-1-5-21-1-2-3-1001)",
		"generic rights":          "(A;;GA;;;BU)",
		"generic writing":         "(A;;GW;;;BU)",
	} {
		if err := described(t, admins+list, false); err == nil {
			t.Errorf("file: %s", name)
		}
	}
	for name, list := range map[string]string{
		"users may delete in it":  "(A;;0x40;;;BU)",
		"users may do all":        "(A;;FA;;;BU)",
		"users may rename it":     "(A;;SD;;;BU)",
		"users may change rights": "(A;;WD;;;BU)",
		"the creator may do all":  "(A;;FA;;;S-1-5-21-1-2-3-1001)",
	} {
		if err := described(t, admins+list, true); err == nil {
			t.Errorf("folder: %s", name)
		}
	}
	for _, text := range []string{"O:BUD:P" + admins, "O:S-1-5-21-1-2-3-1001D:P" + admins} {
		sd, err := windows.SecurityDescriptorFromString(text)
		if err != nil {
			t.Fatal(err)
		}
		if administrators().checkDescriptor(sd, false) == nil {
			t.Error(text)
		}
	}
	open, err := windows.NewSecurityDescriptor()
	if err != nil {
		t.Fatal(err)
	}
	a := administrators()
	if err := errors.Join(open.SetOwner(a.sids[0], false), open.SetDACL(nil, true, false)); err != nil {
		t.Fatal(err)
	}
	if a.checkDescriptor(open, false) == nil {
		t.Error("without any list everybody may do all")
	}
	f := made(t, full(t), full(t)+"(A;;FW;;;WD)")
	text, ok, err := f.Read(Destinations)
	if _, is := errors.AsType[Untrusted](err); !is || ok || text != "" {
		t.Errorf("%q, %v, %v", text, ok, err)
	}
}

// The folder that the installer makes is believed, and so is what an
// administrator puts there.
func TestInstallersFolder(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("..", "..", "assets", "windows", "installer.nsi"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^!define MACHINE_FOLDER "O:BAG:BAD:P(.*)"\r?$`).FindSubmatch(script)
	if m == nil {
		t.Fatal("the installer has no access list for it, or not of administrators' own")
	}
	list := string(m[1])
	if err := described(t, list, true); err != nil {
		t.Errorf("folder: %v", err)
	}
	if err := described(t, strings.ReplaceAll(list, "OICI", ""), false); err != nil {
		t.Errorf("a file in it: %v", err)
	}
	if !strings.Contains(list, "FRFX;;;BU") {
		t.Error("users cannot read it")
	}
}

// Without being named one of them, this user is no administrator.
func TestOwnedByAUser(t *testing.T) {
	f := made(t, full(t), full(t))
	f.admin = admin{administrators().sids[1:2]} // the system alone
	if text, ok, err := f.Read(Destinations); ok || err == nil {
		t.Errorf("%q, %v", text, err)
	}
}

func TestDefaultIsNotTheEnvironment(t *testing.T) {
	before := Default().Path("")
	t.Setenv("ProgramData", `C:\Users\Public`)
	if got := Default().Path(""); got != before || got == "" || filepath.Dir(got) == `C:\Users\Public` {
		t.Errorf("%q, before %q", got, before)
	}
}
