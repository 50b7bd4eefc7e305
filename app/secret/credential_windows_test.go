package secret

import (
	"errors"
	"strings"
	"testing"

	"chute/uploader/fault"
)

// TestCredentialManager keeps secrets in the real one, as a second start finds
// them. It must come before the tests that put go-keyring's stand-in in its
// place for good, which the name of this file does.
func TestCredentialManager(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ destination, value string }{
		{"work", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY="},
		{"wörk: 日本語 / a*b?", "schlüssel – 鍵"},
		{" local-store", strings.Repeat("t", 2000)}, // a session token
	} {
		first := Open(dir)
		if kind := first.Kind(); kind != Keyring {
			t.Fatalf("kept in %v", kind)
		}
		if err := first.Set(t.Context(), c.destination, SecretAccessKey, Secret(c.value)); err != nil {
			t.Fatalf("%q: %v", c.destination, err)
		}
		if err := first.Set(t.Context(), c.destination, SecretAccessKey, Secret(c.value+"2")); err != nil {
			t.Fatalf("%q again: %v", c.destination, err)
		}
		second := Open(dir)
		if got, err := second.Get(t.Context(), c.destination, SecretAccessKey); err != nil || got.Reveal() != c.value+"2" {
			t.Errorf("%q: %d bytes, %v", c.destination, len(got.Reveal()), err)
		}
		if _, err := second.Get(t.Context(), c.destination, AccessKeyID); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: another field: %v", c.destination, err)
		}
		if _, err := Open(t.TempDir()).Get(t.Context(), c.destination, SecretAccessKey); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: another installation: %v", c.destination, err)
		}
		if err := second.Delete(t.Context(), c.destination, SecretAccessKey); err != nil {
			t.Errorf("%q: %v", c.destination, err)
		}
		if _, err := first.Get(t.Context(), c.destination, SecretAccessKey); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q after it is deleted: %v", c.destination, err)
		}
	}
}

// The Credential Manager takes 2,560 bytes.
func TestCredentialTooLarge(t *testing.T) {
	s := Open(t.TempDir())
	err := s.Set(t.Context(), "work", SecretAccessKey, Secret(strings.Repeat("x", 2561)))
	if fault.CodeOf(err) != fault.Keyring {
		t.Errorf("error %v", err)
	}
	if _, err := s.Get(t.Context(), "work", SecretAccessKey); !errors.Is(err, ErrNotFound) {
		t.Errorf("something was kept: %v", err)
	}
}
