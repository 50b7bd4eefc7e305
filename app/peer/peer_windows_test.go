package peer

import (
	"errors"
	"os"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// TestOthersPipe listens and dials where somebody who knows its name made the
// pipe first.
func TestOthersPipe(t *testing.T) {
	user, err := currentUser()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	// Everybody may use it, and it says that it belongs to the guests.
	access, err := windows.SecurityDescriptorFromString("O:BGD:(A;;GA;;;WD)")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := newPipeListener(pipePath(user, dir, "talk"), access)
	if err != nil {
		t.Skip("this account may not make pipes of others:", err)
	}
	defer listener.Close()
	// Wine 8 does not know FILE_FLAG_FIRST_PIPE_INSTANCE.
	if windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() != nil {
		if second, err := Listen(dir, "talk"); err == nil {
			second.Close()
			t.Error("listens at a pipe that another has")
		}
	}
	conn, err := Dial(t.Context(), dir, "talk")
	if err == nil {
		conn.Close()
		t.Fatal("talks to another user's pipe")
	}
	if !errors.Is(err, ErrOtherUser) {
		t.Errorf("error %v", err)
	}
}

// TestOnlyUser reads the access list of the pipe: one entry, the user's.
func TestOnlyUser(t *testing.T) {
	dir := t.TempDir()
	listener, err := Listen(dir, "talk")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := Dial(t.Context(), dir, "talk")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	about, err := windows.GetSecurityInfo(conn.(*pipeConn).handle, windows.SE_KERNEL_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	user, err := currentUser()
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := about.DACL()
	if err != nil || list == nil {
		t.Fatalf("no access list: %v", err)
	}
	if list.AceCount != 1 {
		t.Fatalf("%d entries in %s", list.AceCount, about)
	}
	var entry *windows.ACCESS_ALLOWED_ACE
	if err := windows.GetAce(list, 0, &entry); err != nil {
		t.Fatal(err)
	}
	if sid := (*windows.SID)(unsafe.Pointer(&entry.SidStart)); !sid.Equals(user) {
		t.Errorf("%s is let in, the user is %s", sid, user)
	}
}

// TestDeadline reads from a pipe into which nobody writes.
func TestDeadline(t *testing.T) {
	dir := t.TempDir()
	listener, err := Listen(dir, "talk")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		if conn, err := listener.Accept(); err == nil {
			<-t.Context().Done()
			conn.Close()
		}
	}()
	conn, err := Dial(t.Context(), dir, "talk")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestPipeNames(t *testing.T) {
	ada, err := currentUser()
	if err != nil {
		t.Fatal(err)
	}
	eve, err := windows.CreateWellKnownSid(windows.WinBuiltinGuestsSid)
	if err != nil {
		t.Fatal(err)
	}
	name := pipePath(ada, `C:\Users\ada\chute`, "talk")
	if pipePath(ada, `c:\users\ADA\chute`, "talk") != name {
		t.Error("one folder has two names")
	}
	for _, other := range []string{
		pipePath(eve, `C:\Users\ada\chute`, "talk"), pipePath(ada, `C:\Users\eve\chute`, "talk"), pipePath(ada, `C:\Users\ada\chute`, "hand"),
	} {
		if other == name {
			t.Errorf("two have the name %s", name)
		}
	}
}
