package instance

import (
	"context"
	"errors"
	"testing"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// The pipe's list lets this user in and nobody else, and nothing is inherited.
func TestPipeIsThisUsersAlone(t *testing.T) {
	dir := t.TempDir()
	claimed(t, dir, func(Message) error { return nil })
	conn, err := dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	handle := windows.Handle(conn.(interface{ Fd() uintptr }).Fd())
	sd, err := windows.GetSecurityInfo(handle, windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	_, sid, err := pipeName(dir)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := sd.DACL()
	if err != nil {
		t.Fatal(err)
	}
	if list == nil || list.AceCount != 1 {
		t.Fatalf("the access list %v lets others in", sd)
	}
	if owner, _, err := sd.Owner(); err != nil || !owner.Equals(sid) {
		t.Errorf("the owner is %v, %v", owner, err)
	}
}

// A pipe that was there first, of whomever, is not taken for one's own, and
// nobody else can listen at the one that is there.
func TestPipeIsTakenOnce(t *testing.T) {
	if windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil {
		t.Skip("Wine lets anybody make another pipe of the same name")
	}
	dir := t.TempDir()
	name, _, err := pipeName(dir)
	if err != nil {
		t.Fatal(err)
	}
	squatter, err := winio.ListenPipe(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if first, err := Claim(t.Context(), dir, Message{}); err == nil {
		first.Close()
		t.Error("two listen at one pipe")
	}
	squatter.Close()
	claimed(t, dir, func(Message) error { return nil })
	if l, err := winio.ListenPipe(name, nil); err == nil {
		l.Close()
		t.Error("another one listens too")
	}
}

func TestPipeNames(t *testing.T) {
	a, _, err := pipeName(`C:\Users\ada\chute`)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := pipeName(`c:\users\ADA\chute`)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := pipeName(`C:\Users\eve\chute`)
	if err != nil || a != b || a == c {
		t.Errorf("%s, %s, %s, %v", a, b, c, err)
	}
	if _, err := dial(context.Background(), `C:\none`); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("nobody listens there: %v", err)
	}
}
