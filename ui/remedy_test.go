package ui

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/pilot"
	"chute/uploader"
	"chute/uploader/fault"
)

func failedWith(id string, err *fault.Error) uploader.Snapshot {
	s := failedSnapshot(id)
	s.Err = err
	return s
}

// saidInPopUp is the text of the paragraph below the title of the topmost overlay.
func (w *Window) saidInPopUp(t *testing.T) string {
	t.Helper()
	top := w.win.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("nothing popped up")
	}
	p, _ := pilot.Find(top, func(p *kit.Para) bool { return p.TextSize < look.TextHeading })
	if p == nil {
		return ""
	}
	return p.String()
}

func TestRegionIsSetAndAllIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		h.all[0].Region, h.all[0].Endpoint = "us-east-1", "https://s3.us-east-1.example.org"
		w := newTestWindow(t, h)
		wrong := fault.New(fault.WrongRegion, "", fault.Facts{"Region": "eu-west-1"}, nil)
		elsewhere := failedWith("c", wrong)
		elsewhere.Destination = "other"
		h.tell(failedWith("a", wrong), failedWith("b", wrong), elsewhere, failedSnapshot("d"))
		w.pull()
		pressIn(t, w.rowOf(t, "a"), "Set region to eu-west-1")
		synctest.Wait()
		wantCalls(t, h, "save work", "retry [a b]")
		if h.saved.Region != "eu-west-1" || h.saved.Endpoint != "https://s3.eu-west-1.example.org" || h.saved.Bucket != "media" || h.secrets != (Secrets{}) {
			t.Errorf("saved %+v with %+v", h.saved, h.secrets)
		}
	})
}

func TestRefusedChangeIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		h.saveErr = errors.New("the disk is full")
		w := newTestWindow(t, h)
		h.tell(failedWith("a", fault.New(fault.WrongRegion, "", fault.Facts{"Region": "eu-west-1"}, nil)))
		w.pull()
		pressIn(t, w.rowOf(t, "a"), "Set region to eu-west-1")
		synctest.Wait()
		wantCalls(t, h, "save work") // and nothing is tried again
		if got := w.saidInPopUp(t); !strings.Contains(got, "the disk is full") {
			t.Errorf("it says %q", got)
		}
	})
}

func TestCAFileIsAdded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		w := newTestWindow(t, h)
		asked := &fakeChooser{}
		w.chooser = asked
		h.tell(failedWith("a", fault.New(fault.TLS, fault.SelfSigned, fault.Facts{"Host": "x"}, nil)))
		w.pull()
		pressIn(t, w.rowOf(t, "a"), "Add CA file")
		wantCalls(t, h)
		asked.chosen([]string{"/etc/own-ca.pem"})
		synctest.Wait()
		wantCalls(t, h, "save work", "retry [a]")
		if h.saved.CAFile != "/etc/own-ca.pem" {
			t.Errorf("saved %+v", h.saved)
		}
	})
}

func TestPolicyIsShown(t *testing.T) {
	h := newFakeHost()
	w := newTestWindow(t, h)
	local := failedSnapshot("b")
	local.Destination = "this-computer"
	h.tell(failedSnapshot("a"), local)
	w.pull()
	if _, ok := pilot.Button(w.rowOf(t, "b"), "Show policy"); ok {
		t.Error("a destination without keys has a policy")
	}
	pressIn(t, w.rowOf(t, "a"), "Show policy")
	w.press(t, "Copy")
	if got := w.app.Clipboard().Content(); got != "{the policy}" {
		t.Errorf("clipboard %q", got)
	}
}

func TestRemedies(t *testing.T) {
	for _, c := range []struct {
		err  *fault.Error
		want action
	}{
		{fault.New(fault.Signature, fault.SignatureKey, nil, nil), actEnterKey},
		{fault.New(fault.Expired, fault.KeysOver, nil, nil), actEnterKey},
		{fault.New(fault.Expired, "", nil, nil), actRetry},
		{fault.New(fault.Denied, fault.NoSecret, nil, nil), actEnterSecret},
		{fault.New(fault.Denied, fault.DeniedLink, nil, nil), actShowPolicy},
		{fault.New(fault.WrongRegion, "", nil, nil), actEditDestination},
		{fault.New(fault.WrongRegion, "", fault.Facts{"Region": "x"}, nil), actSetRegion},
		{fault.New(fault.NoBucket, "", nil, nil), actEditDestination},
		{fault.New(fault.TLS, fault.WrongName, nil, nil), actRetry},
		{fault.New(fault.TLS, fault.PlainHTTP, nil, nil), actEditDestination},
		{fault.New(fault.Offline, fault.NotAnswering, nil, nil), actRetry},
		{fault.New(fault.Changed, "", nil, nil), actRetry},
		{fault.New(fault.Internal, "", nil, nil), actRetry},
	} {
		got, label := remedyOf(c.err)
		if got != c.want || label == "" {
			t.Errorf("%s %s: %v %q, want %v", c.err.Code, c.err.Variant, got, label, c.want)
		}
	}
}
