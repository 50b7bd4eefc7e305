package main

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/pilot"
	"chute/ui/internal/words"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
)

// service opens the form of a new upload service, which is asked what it is.
func service(more ...func(fyne.Canvas) error) []func(fyne.Canvas) error {
	return append([]func(fyne.Canvas) error{
		pilot.Tap("Settings"), pilot.Tap("Add destination"), pilot.Tap("My organisation gave me an address or a file"),
		pilot.Enter("https://files.example.org", "https://files.example.org/companion"), pilot.Tap("Continue"),
	}, more...)
}

// keys opens the form of a new bucket, with keys entered.
func keys(more ...func(fyne.Canvas) error) []func(fyne.Canvas) error {
	return append([]func(fyne.Canvas) error{
		pilot.Tap("Settings"), pilot.Tap("Add destination"), pilot.Tap("I have a bucket and keys"), fillKeys,
	}, more...)
}

// fillKeys enters what it takes to list buckets.
func fillKeys(c fyne.Canvas) error {
	for label, text := range map[string]string{"Access key": "AKIAEXAMPLE7QPA", "Secret key": "not a secret"} {
		f, ok := pilot.Find(pilot.Top(c), func(f *kit.Field) bool { return f.Label() == lang.L(label) })
		if !ok {
			return fmt.Errorf("no field %q", label)
		}
		f.Control.(*kit.Entry).SetText(text)
	}
	return nil
}

// search types into the search of the links, whose hint counts them.
func search(text string) func(fyne.Canvas) error {
	return func(c fyne.Canvas) error {
		return pilot.Enter(words.Count("Search {{.N}} links", len(sent())), text)(c)
	}
}

// screen is a state of the window: what transfers there are, and what the user
// did since.
type screen struct {
	fill  func(*host)
	take  []string // what was opened
	steps []func(fyne.Canvas) error
}

var screens = map[string]screen{
	"empty":    {fill: func(h *host) { h.current = "this-computer" }},
	"sending":  {fill: sending, steps: []func(fyne.Canvas) error{pilot.TapText("Interview – final cut.mov")}},
	"done":     {fill: done},
	"link":     {fill: done, steps: []func(fyne.Canvas) error{pilot.TapText("Floor plans.pdf")}},
	"error":    {fill: failing},
	"mend":     {fill: mendable},
	"keys":     {fill: sending, steps: []func(fyne.Canvas) error{func(c fyne.Canvas) error { c.OnTypedRune()('?'); return nil }}},
	"peek":     {fill: sending, steps: []func(fyne.Canvas) error{hover("Floor plans.pdf"), wait}},
	"focus":    {fill: sending, steps: []func(fyne.Canvas) error{pilot.Tap("Settings"), pilot.Tap("Add destination"), tab(7)}},
	"quit":     {fill: sending, steps: []func(fyne.Canvas) error{quit}},
	"qr":       {fill: done, steps: []func(fyne.Canvas) error{pilot.Tap("QR code")}},
	"states":   {fill: states},
	"folder":   {fill: folder, steps: []func(fyne.Canvas) error{pilot.Tap("Show the files")}},
	"settings": {fill: sending, steps: []func(fyne.Canvas) error{pilot.Tap("Settings")}},
	"first":    {fill: func(h *host) { h.first = true }},
	"firstaws": {fill: func(h *host) { h.first, h.aws = true, true }},
	"address":  {fill: func(h *host) { h.first = true }, steps: []func(fyne.Canvas) error{pilot.Tap("My organisation gave me an address or a file")}},
	"ways":     {fill: func(h *host) { h.aws = true }, steps: []func(fyne.Canvas) error{pilot.Tap("Settings"), pilot.Tap("Add destination")}},
	"form":     {fill: sending, steps: []func(fyne.Canvas) error{pilot.Tap("Settings"), pilot.Tap("Add destination"), pilot.Tap("I have a bucket and keys")}},
	"buckets":  {fill: sending, steps: keys(pilot.Tap("Choose"))},
	"picked":   {fill: sending, steps: keys(pilot.Tap("Choose"), pilot.Press(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn), pilot.Tap("Test"))},
	"service":  {fill: sending, steps: service()},
	"detected": {fill: sending, steps: service()},
	"kinds":    {fill: sending, steps: service(pilot.Tap("Uppy Companion"))},
	"headers":  {fill: sending, steps: service(pilot.Tap("More settings"), pilot.Tap("Add header"))},
	"secret":   {fill: refused},
	"test":     {fill: sending, steps: []func(fyne.Canvas) error{pilot.Tap("Settings"), pilot.Tap("Test")}},
	"policy":   {fill: sending, steps: []func(fyne.Canvas) error{pilot.Tap("Settings"), pilot.Tap("Test"), pilot.Tap("Show the policy to paste")}},
	"remove":   {fill: sending, steps: []func(fyne.Canvas) error{pilot.Tap("Settings"), pilot.Tap("Remove")}},
	"crash":    {fill: crashed},
	"trace":    {fill: crashed, steps: []func(fyne.Canvas) error{pilot.Tap("Show")}},
	"fixed":    {fill: administered, steps: []func(fyne.Canvas) error{pilot.Tap("Settings")}},
	"left":     {fill: sending, steps: []func(fyne.Canvas) error{pilot.Tap("Settings"), end, pilot.Tap("Look for unfinished uploads"), wait}},
	"support":  {fill: sending, steps: []func(fyne.Canvas) error{pilot.Tap("Settings"), end}},
	"offer":    {fill: sending, take: []string{"studio.chute"}},
	"offers":   {fill: sending, take: []string{"all.chute"}},
	"drop":     {fill: droppedFolder, take: []string{"/home/ada/Photos"}},
	"again":    {fill: droppedAgain, take: []string{"/home/ada/Contract signed.pdf"}},
	"life":     {fill: done, steps: []func(fyne.Canvas) error{openLives, pilot.Press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)}},
	"page":     {fill: onePage},
	"links":    {fill: everSent, steps: []func(fyne.Canvas) error{pilot.Tap("Links")}},
	"nolinks":  {fill: func(*host) {}, steps: []func(fyne.Canvas) error{pilot.Tap("Links")}},
	"nomatch":  {fill: everSent, steps: []func(fyne.Canvas) error{pilot.Tap("Links"), search("holiday")}},
	"linkmenu": {fill: everSent, steps: []func(fyne.Canvas) error{pilot.Tap("Links"), pilot.Tap("More")}},
	"switched": {fill: states, steps: []func(fyne.Canvas) error{switchTheme}},
	"menu":     {fill: sending, steps: []func(fyne.Canvas) error{pilot.Tap("Team bucket")}},
}

const (
	mb = 1_000_000
	gb = 1_000 * mb
)

func (h *host) transfer(batch uploader.BatchID, name string, state uploader.State, size int64) *uploader.Snapshot {
	id := uploader.ID(fmt.Sprint("t", len(h.all)))
	h.all = append(h.all, uploader.Snapshot{
		ID: id, Batch: batch, Name: name, Path: "/home/ada/" + name, Destination: "Team bucket", State: state, Size: size,
		Left: -1, Parts: 1, Added: now, Bucket: "media", Key: "2026-11-21/k3v9/" + name,
	})
	return &h.all[len(h.all)-1]
}

// arrived makes a transfer one that is done.
func arrived(s *uploader.Snapshot, until time.Time) {
	s.Sent, s.PartsDone = s.Size, s.Parts
	s.Started, s.Ended, s.Checksum = now.Add(-15*time.Minute), now, "VnYLRPsy0SI="
	s.Link = sign.Link{URL: "https://media.example.org/2026-11-21/k3v9/" + s.Name + "?X-Amz-Expires=86400", Expires: until}
}

// partly gives a transfer parts in all states, as in the middle of sending.
func (h *host) partly(s *uploader.Snapshot, parts int, done float64) {
	s.Parts, s.PartSize = parts, 8<<20
	list := make([]uploader.Part, parts)
	s.PartsDone = int(done * float64(parts))
	for i := range s.PartsDone {
		list[i] = uploader.Part{State: uploader.PartDone, Fill: 255}
	}
	step := max(1, parts/70)
	for i, fill := range []uint8{80, 130, 0, 60, 0, 110} {
		n := s.PartsDone + i*step
		if n >= parts {
			break
		}
		for k := n; k < min(n+step, parts); k++ {
			list[k] = uploader.Part{State: uploader.PartSending, Fill: fill - uint8(k*37%int(max(fill, 1)))/2}
			if i == 2 || k == n+3 && i == 0 {
				list[k].State = uploader.PartRetrying
			}
		}
		s.Active++
	}
	h.parts[s.ID] = list
}

func sending(h *host) {
	s := h.transfer(1, "Interview – final cut.mov", uploader.Sending, 38_600*mb)
	s.Sent, s.Speed, s.Left, s.Again, s.Started = 18_200*mb, 41.3*mb, 8*time.Minute, 8*mb, now.Add(-7*time.Minute)
	h.partly(s, 4603, 0.4717)
	s = h.transfer(1, "Floor plans.pdf", uploader.Sending, 12.4*mb)
	s.Sent, s.Speed, s.Left, s.Started = 3.1*mb, 2.2*mb, 4*time.Second, now
	h.photos(1, uploader.Offline, 88)
	s = h.transfer(1, "Contract signed.pdf", uploader.Done, 1.2*mb)
	arrived(s, now.Add(24*time.Hour))
	h.transfer(1, "Model.step", uploader.Queued, 220*mb)
}

func everSent(h *host) { h.links = sent() }

func (h *host) photos(batch uploader.BatchID, rest uploader.State, done int) {
	const group = 7
	h.groups[group] = struct {
		Name     string
		Files    int
		Scanning bool
	}{"Photos", 214, false}
	for i := range 214 {
		s := h.transfer(batch, fmt.Sprintf("2026/IMG_%04d.jpg", i), rest, 4.2*mb)
		s.Group = group
		if i < done {
			s.State = uploader.Done
			arrived(s, now.Add(24*time.Hour))
		}
	}
}

func done(h *host) {
	for i, f := range []struct {
		name string
		size int64
	}{{"Interview – final cut.mov", 38_600 * mb}, {"Floor plans.pdf", 12.4 * mb}, {"Contract signed.pdf", 1.2 * mb}} {
		s := h.transfer(1, f.name, uploader.Done, f.size)
		arrived(s, now.Add(24*time.Hour+time.Duration(6+i)*time.Minute))
	}
}

func failing(h *host) {
	s := h.transfer(1, "Interview – final cut.mov", uploader.Failed, 38_600*mb)
	s.Sent, s.Err = 12_000*mb, fault.New(fault.Signature, fault.SignatureKey, fault.Facts{"Key": "7QPA"}, nil)
	s = h.transfer(1, "scan 2026.tiff", uploader.Retrying, 220*mb)
	s.Sent = 15 * mb
	s.Err = fault.New(fault.Throttled, "", nil, nil)
}

// mendable has the failures that the window can do something about.
func mendable(h *host) {
	for i, f := range []*fault.Error{
		fault.New(fault.WrongRegion, "", fault.Facts{"Region": "eu-west-1"}, nil),
		fault.New(fault.TLS, fault.SelfSigned, fault.Facts{"Host": "s3.example.org"}, nil),
		fault.New(fault.Denied, fault.DeniedUpload, fault.Facts{"Bucket": "media", "Action": "s3:PutObject"}, nil),
		fault.New(fault.Unreadable, fault.Vanished, nil, nil),
	} {
		s := h.transfer(1, fmt.Sprintf("Rushes day %d.mov", i+1), uploader.Failed, 4_200*mb)
		s.Err = f
	}
}

func refused(h *host) {
	s := h.transfer(1, "Interview – final cut.mov", uploader.Failed, 38_600*mb)
	s.Destination, s.Err = "Studio", fault.New(fault.Denied, fault.DeniedBackend, fault.Facts{"Host": "files.example.org"}, nil)
}

func states(h *host) {
	for i := range int(uploader.Cancelled) + 1 {
		state := uploader.State(i)
		s := h.transfer(1, fmt.Sprintf("A file in state %d, with a name that is long enough to be cut in a narrow window.mp4", i), state, 420*mb)
		s.Sent, s.Speed, s.Started = 180*mb, 12*mb, now
		switch state {
		case uploader.Sending, uploader.Paused:
			h.partly(s, 51, 0.43)
			s.Left = 25 * time.Second
		case uploader.Done:
			arrived(s, now.Add(2*time.Hour))
		case uploader.Failed:
			s.Err = fault.New(fault.TLS, fault.SelfSigned, fault.Facts{"Host": "s3.example.org"}, nil)
		case uploader.Retrying:
			s.Err = fault.New(fault.Throttled, "", nil, nil)
		}
	}
	s := h.transfer(1, "no link.bin", uploader.Done, 4*mb)
	arrived(s, time.Time{})
	s.NoLink, s.Link = true, sign.Link{}
}

func folder(h *host) {
	h.photos(1, uploader.Queued, 88)
	for i := range 4 {
		s := &h.all[88+i]
		s.State, s.Sent, s.Speed, s.Left = uploader.Sending, int64(i)*mb, 3*mb, time.Second
	}
	s := &h.all[92]
	s.State, s.Err = uploader.Failed, fault.New(fault.Unreadable, fault.NotAllowed, fault.Facts{"Path": "IMG_0092.jpg"}, nil)
}

// tab moves the focus on.
func tab(n int) func(fyne.Canvas) error {
	return func(c fyne.Canvas) error {
		for range n {
			shown.Fyne().Canvas().(interface{ FocusNext() }).FocusNext()
		}
		return nil
	}
}

// hover rests the pointer on what says the text.
func hover(text string) func(fyne.Canvas) error {
	return func(c fyne.Canvas) error {
		o, ok := pilot.Find(c.Content(), func(h hoverable) bool {
			_, ok := pilot.Find(h.(fyne.CanvasObject), func(l *kit.Line) bool { return l.String() == text })
			return ok
		})
		if !ok {
			return fmt.Errorf("nothing to hover that says %q", text)
		}
		o.MouseIn(&desktop.MouseEvent{})
		return nil
	}
}

type hoverable interface {
	fyne.CanvasObject
	desktop.Hoverable
	fyne.Tappable
}

// wait lets something appear that takes its time.
func wait(fyne.Canvas) error { return nil }

// quit asks to quit.
func quit(fyne.Canvas) error {
	shown.Quit()
	return nil
}

// switchTheme turns the theme around while the window is shown.
func switchTheme(fyne.Canvas) error {
	set := fyne.CurrentApp().Settings()
	mode := look.Dark
	if set.Theme().(look.Theme).Mode == look.Dark {
		mode = look.Light
	}
	set.SetTheme(look.Theme{Mode: mode})
	return nil
}
