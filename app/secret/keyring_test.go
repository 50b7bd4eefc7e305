package secret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"chute/uploader/fault"
)

const value = Secret("hunter2")

func there(context.Context) error { return nil }

// over returns a store over a keyring of the test.
func over(k keyringAPI, present func(context.Context) error) *store {
	s := Open("").(*store)
	s.keyring, s.present = k, present
	return s
}

func variantOf(t *testing.T, err error) fault.Variant {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.Keyring {
		t.Fatalf("%v is not a failure of the keyring", err)
	}
	if strings.Contains(err.Error(), value.Reveal()) {
		t.Fatalf("%v shows the secret", err)
	}
	return f.Variant
}

func exercise(t *testing.T, s Store) {
	t.Helper()
	ctx := t.Context()
	if _, err := s.Get(ctx, "work", AccessKeyID); !errors.Is(err, ErrNotFound) {
		t.Fatalf("nothing is there, and Get says %v", err)
	}
	if err := s.Delete(ctx, "work", AccessKeyID); err != nil {
		t.Fatalf("deleting nothing: %v", err)
	}
	token := Secret(strings.Repeat("ü/+=\"' ", 200))
	for _, set := range []struct {
		destination string
		field       Field
		value       Secret
	}{{"work", AccessKeyID, "id"}, {"work", SecretAccessKey, value}, {"home", AccessKeyID, token}, {"work", AccessKeyID, "id2"}} {
		if err := s.Set(ctx, set.destination, set.field, set.value); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get(ctx, set.destination, set.field); err != nil || got != set.value {
			t.Fatalf("%s of %s: %v, right: %v", set.field, set.destination, err, got == set.value)
		}
	}
	if err := s.Delete(ctx, "work", AccessKeyID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, "work", AccessKeyID); !errors.Is(err, ErrNotFound) {
		t.Errorf("after Delete: %v", err)
	}
	for destination, field := range map[string]Field{"work": SecretAccessKey, "home": AccessKeyID} {
		if _, err := s.Get(ctx, destination, field); err != nil {
			t.Errorf("deleting one took %s of %s: %v", field, destination, err)
		}
	}
}

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	s := over(system{}, there)
	exercise(t, s)
	if s.Kind() != Keyring {
		t.Error("not in the keyring")
	}
	// What is kept is under the names that users see in their keyring.
	if v, err := keyring.Get("chute", "secret-access-key/work"); err != nil || v != value.Reveal() {
		t.Errorf("%v", err)
	}
}

func TestMemory(t *testing.T) {
	s := over(nil, func(context.Context) error { return fmt.Errorf("%w: no bus", errMissing) })
	exercise(t, s)
	if s.Kind() != Memory {
		t.Error("not in memory")
	}
	if n := MissingNotice(); n.Code != fault.Keyring || n.Variant != fault.KeyringMissing {
		t.Errorf("notice %v", n)
	}
}

// The keyring is looked for once, whoever asks first.
func TestLooksOnce(t *testing.T) {
	calls := 0
	s := over(nil, func(context.Context) error { calls++; return errMissing })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := s.Set(t.Context(), "work", Backend, value); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if v, err := s.Get(t.Context(), "work", Backend); err != nil || v != value {
		t.Error(err)
	}
	if calls != 1 || s.Kind() != Memory {
		t.Errorf("looked %d times, kind %d", calls, s.Kind())
	}
}

// scripted answers with the errors in turn; nil lets the call work.
type scripted struct {
	kept map[string]string
	errs []error
	// deaf says yes to Set and keeps nothing.
	deaf  bool
	calls int
}

func (k *scripted) next() error {
	k.calls++
	if len(k.errs) == 0 {
		return nil
	}
	err := k.errs[0]
	k.errs = k.errs[1:]
	return err
}

func (k *scripted) Set(service, user, password string) error {
	if err := k.next(); err != nil {
		return err
	}
	if !k.deaf {
		k.kept[service+user] = password
	}
	return nil
}

func (k *scripted) Get(service, user string) (string, error) {
	if err := k.next(); err != nil {
		return "", err
	}
	v, ok := k.kept[service+user]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return v, nil
}

func (k *scripted) Delete(service, user string) error {
	if err := k.next(); err != nil {
		return err
	}
	delete(k.kept, service+user)
	return nil
}

var errLocked = errors.New("failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'")

func TestLocked(t *testing.T) {
	if !isLocked(errLocked) {
		t.Skip("the text is that of a Secret Service")
	}
	k := &scripted{kept: map[string]string{}, errs: []error{errLocked}}
	s := over(k, there)
	if err := s.Set(t.Context(), "work", Backend, value); err != nil {
		t.Errorf("one false alarm is a failure: %v", err)
	}
	k.errs, k.calls = []error{errLocked, errLocked, nil}, 0
	_, err := s.Get(t.Context(), "work", Backend)
	if variantOf(t, err) != fault.KeyringLocked || k.calls != 2 {
		t.Errorf("after %d calls: %v", k.calls, err)
	}
	// The keyring stays the place, locked or not.
	if v, err := s.Get(t.Context(), "work", Backend); err != nil || v != value || s.Kind() != Keyring {
		t.Errorf("%v, kind %d", err, s.Kind())
	}
}

func TestRefused(t *testing.T) {
	s := over(&scripted{kept: map[string]string{}, deaf: true}, there)
	if err := s.Set(t.Context(), "work", Backend, value); variantOf(t, err) != fault.KeyringLocked {
		t.Errorf("got %v", err)
	}
	// An older value that stayed is not taken for the new one.
	k := &scripted{kept: map[string]string{"chutebackend/work": "old"}, deaf: true}
	if err := over(k, there).Set(t.Context(), "work", Backend, value); variantOf(t, err) != fault.KeyringLocked {
		t.Errorf("got %v", err)
	}
}

func TestOtherFailures(t *testing.T) {
	k := &scripted{errs: []error{errors.New("the daemon is ill")}}
	if err := over(k, there).Delete(t.Context(), "work", Backend); variantOf(t, err) != "" {
		t.Errorf("got %v", err)
	}
	k = &scripted{errs: []error{keyring.ErrSetDataTooBig}}
	if err := over(k, there).Set(t.Context(), "work", Backend, value); variantOf(t, err) != "" || !errors.Is(err, keyring.ErrSetDataTooBig) {
		t.Errorf("got %v", err)
	}
}

type panicking struct{ keyringAPI }

func (panicking) Get(string, string) (string, error) { panic(value.Reveal()) }

func TestPanic(t *testing.T) {
	s := over(panicking{}, there)
	for range 2 { // the second shows that the turn was given back
		if _, err := s.Get(t.Context(), "work", Backend); variantOf(t, err) != "" {
			t.Errorf("got %v", err)
		}
	}
}

// hanging waits for go on every call.
type hanging struct {
	scripted
	goOn chan struct{}
}

func (k *hanging) Get(service, user string) (string, error) {
	<-k.goOn
	return k.scripted.Get(service, user)
}

func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &hanging{scripted: scripted{kept: map[string]string{"chutebackend/work": value.Reveal()}}, goOn: make(chan struct{})}
		s := over(k, there)
		start := time.Now()
		_, err := s.Get(t.Context(), "work", Backend)
		if variantOf(t, err) != fault.KeyringSlow || time.Since(start) != Patience {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		// While that call hangs no other goes to the keyring.
		if err := s.Delete(t.Context(), "work", Backend); variantOf(t, err) != fault.KeyringSlow || k.calls != 0 {
			t.Errorf("%d calls, %v", k.calls, err)
		}
		// A caller that gives up gets its own error.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Get(ctx, "work", Backend); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		close(k.goOn) // the user found the window
		if v, err := s.Get(t.Context(), "work", Backend); err != nil || v != value {
			t.Errorf("after the keyring woke up: %v", err)
		}
	})
}

func TestSlowToBeFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slow atomic.Bool
		slow.Store(true)
		s := over(&scripted{kept: map[string]string{}}, func(ctx context.Context) error {
			if slow.Load() {
				<-ctx.Done()
				return context.Cause(ctx)
			}
			return nil
		})
		if _, err := s.Get(t.Context(), "work", Backend); variantOf(t, err) != fault.KeyringSlow {
			t.Errorf("got %v", err)
		}
		slow.Store(false)
		if err := s.Set(t.Context(), "work", Backend, value); err != nil || s.Kind() != Keyring {
			t.Errorf("the second try: %v, kind %d", err, s.Kind())
		}
	})
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, s := range map[string]Store{
		"keyring": over(&scripted{kept: map[string]string{}}, there),
		"memory":  over(nil, func(context.Context) error { return errMissing }),
	} {
		if err := s.Set(ctx, "work", Backend, value); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Get(t.Context(), "work", Backend); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: it was kept all the same, or %v", name, err)
		}
	}
}

func TestHidden(t *testing.T) {
	j, err := json.Marshal(map[string]any{"a": value})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", value)
	for _, text := range []string{
		fmt.Sprint(value), fmt.Sprintf("%v %+v %#v %s %q %x", value, value, value, value, value, value),
		fmt.Sprintf("%+v %#v", struct{ S Secret }{value}, []Secret{value}), string(j), log.String(),
	} {
		if strings.Contains(text, value.Reveal()) || strings.Contains(text, fmt.Sprintf("%x", value.Reveal())) {
			t.Errorf("%s shows it", text)
		}
	}
}

func TestService(t *testing.T) {
	a, b := Service("/a"), Service("/b")
	if Service("") != "chute" || a == b || !strings.HasPrefix(a, "chute-") || a != Service("/a") {
		t.Errorf("%q, %q, %q", Service(""), a, b)
	}
}
