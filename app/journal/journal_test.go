package journal_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"chute/app/journal"
	"chute/app/state"
	"chute/uploader"
	"chute/uploader/sign"
	"chute/uploader/sign/s3"
	"chute/uploader/storetest"

	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
)

const holderDir = "CHUTE_TEST_JOURNAL"

// TestMain plays another Chute process when it is asked to: it writes a
// transfer into the journal and holds its lease until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(holderDir); dir != "" {
		hold(dir)
	}
	os.Exit(storetest.Main(m))
}

func hold(dir string) {
	db, err := state.Open(context.Background(), filepath.Join(dir, "state.db"))
	if err != nil {
		panic(err)
	}
	j, err := journal.Open(db, filepath.Join(dir, "leases"))
	if err != nil {
		panic(err)
	}
	if err := j.Save(saved("held")); err != nil {
		panic(err)
	}
	os.Stdout.WriteString("ready\n")
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

const mib = 1 << 20

func saved(id uploader.ID) uploader.Saved {
	return uploader.Saved{
		ID: id, Destination: "work", Name: "a/b é.mov", Path: "/films/a/b é.mov", Key: "k/b", LinkLife: time.Hour,
		Added: time.UnixMilli(1_700_000_000_123), Size: 24 * mib, Begun: true,
		Ref:      sign.Ref{Name: "b é.mov", Bucket: "media", Key: "k/b", UploadID: "U+/=", ContentType: "video/mp4", Size: 24 * mib},
		Plan:     uploader.Plan{Size: 24 * mib, PartSize: 8 * mib, Parts: 3},
		Identity: uploader.Identity{Size: 24 * mib, ModTime: time.Unix(1_700_000_000, 123_456_789), Ends: "abc"},
	}
}

func part(number int) uploader.SavedPart {
	return uploader.SavedPart{
		Ack: sign.Part{Number: number, Size: 8 * mib, ETag: `"e"`, CRC64NVME: "c="}, CRC: 1<<63 + uint64(number), Proven: true,
	}
}

func open(t *testing.T, dir string) *journal.Journal {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(db, filepath.Join(dir, "leases"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close(); db.Close() })
	return j
}

func items(t *testing.T, j *journal.Journal) []journal.Item {
	t.Helper()
	all, err := j.Items(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	if err := first.Save(saved("one")); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 2; n++ {
		if err := first.Part("one", part(n)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, ok, err := first.Claim(t.Context(), "one"); ok || err != nil {
		t.Errorf("a process claims its own: %v, %v", ok, err)
	}
	first.Close()

	second := open(t, dir)
	all := items(t, second)
	if len(all) != 1 || all[0].Saved != saved("one") || all[0].Sent != 16*mib || all[0].Running {
		t.Fatalf("kept %+v", all)
	}
	item, parts, ok, err := second.Claim(t.Context(), "one")
	if !ok || err != nil || item.Saved != saved("one") || len(parts) != 2 || parts[1] != part(2) {
		t.Fatalf("claimed %+v, %+v, %v, %v", item, parts, ok, err)
	}
	if all := items(t, second); !all[0].Running {
		t.Error("a claimed one is not running")
	}
	second.Remove("one")
	second.Close()
	if all := items(t, open(t, dir)); len(all) != 0 {
		t.Errorf("kept %+v after it was removed", all)
	}
}

// Parts of an upload that was given up are not those of the next one.
func TestSaveForgetsPartsOfAnotherUpload(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	s := saved("one")
	if err := j.Save(s); err != nil {
		t.Fatal(err)
	}
	if err := j.Part("one", part(1)); err != nil {
		t.Fatal(err)
	}
	if err := j.Save(s); err != nil || items(t, j)[0].Sent != 8*mib {
		t.Errorf("the parts of the same upload are gone: %v", err)
	}
	s.Ref.UploadID = "another"
	if err := j.Save(s); err != nil || items(t, j)[0].Sent != 0 {
		t.Errorf("the parts of another upload are kept: %v", err)
	}
}

func TestFind(t *testing.T) {
	j := open(t, t.TempDir())
	if err := j.Save(saved("one")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		destination, path string
		want              int
	}{{"work", "/films/a/b é.mov", 1}, {"home", "/films/a/b é.mov", 0}, {"work", "/films/a/b", 0}} {
		found, err := j.Find(t.Context(), test.destination, test.path)
		if err != nil || len(found) != test.want {
			t.Errorf("%v: found %d, %v", test, len(found), err)
		}
	}
}

// Thousands of notes are not thousands of flushes, and none is lost.
func TestManyNotes(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 500 {
				s := saved(uploader.ID([]byte{byte('a' + i), byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)}))
				j.Note(s)
			}
		})
	}
	all.Wait()
	j.Close()
	if n := len(items(t, open(t, dir))); n != 4000 {
		t.Errorf("kept %d of 4000", n)
	}
	if err := j.Save(saved("late")); err == nil {
		t.Error("a closed journal takes more")
	}
}

// A note that is taken back leaves nothing, whether it was written meanwhile or
// not, and whoever reads the journal finds all that stay.
func TestNotesTakenBack(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	j.Note(saved("removed"))
	j.Remove("removed")
	j.Note(saved("sent"))
	if err := j.Save(saved("begun")); err != nil {
		t.Fatal(err)
	}
	j.Note(saved("stays"))
	ids := func(j *journal.Journal) (ids []uploader.ID) {
		for _, item := range items(t, j) {
			ids = append(ids, item.ID)
		}
		return ids
	}
	if got := ids(j); !slices.Equal(got, []uploader.ID{"begun", "sent", "stays"}) {
		t.Errorf("kept %q", got)
	}
	j.Remove("sent") // which is written by now
	j.Remove("begun")
	if got := ids(j); !slices.Equal(got, []uploader.ID{"stays"}) {
		t.Errorf("left %q", got)
	}
	j.Note(saved("last"))
	j.Close()
	if got := ids(open(t, dir)); !slices.Equal(got, []uploader.ID{"stays", "last"}) {
		t.Errorf("the next process finds %q", got)
	}
}

// A lease holds while its process lives, and dies with it at once.
func TestLease(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holderDir+"="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	j := open(t, dir)
	if all := items(t, j); len(all) != 1 || !all[0].Running {
		t.Errorf("of a living process: %+v", all)
	}
	if _, _, ok, err := j.Claim(t.Context(), "held"); ok || err != nil {
		t.Errorf("claimed from a living process: %v, %v", ok, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if all := items(t, j); len(all) != 1 || all[0].Running {
		t.Errorf("of a dead process: %+v", all)
	}
	if _, _, ok, err := j.Claim(t.Context(), "held"); !ok || err != nil {
		t.Errorf("not claimed from a dead process: %v, %v", ok, err)
	}
}

// sender is a process as far as the engine is concerned.
type sender struct {
	t      *testing.T
	j      *journal.Journal
	engine *uploader.Engine
	open   func(context.Context) (uploader.Target, error)
}

func newSender(t *testing.T, dir string, store *storetest.Store) *sender {
	t.Helper()
	s := &sender{t: t, j: open(t, dir)}
	road := uploader.NewTransport(nil, nil)
	t.Cleanup(road.CloseIdleConnections)
	signer, err := s3.New(t.Context(), s3.Config{
		Endpoint: store.Endpoint, Region: storetest.Region, Bucket: store.Bucket, PathStyle: true, Transport: road,
		Credentials: credentials.NewStaticCredentialsProvider(storetest.AccessKey, storetest.SecretKey, ""),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.open = func(context.Context) (uploader.Target, error) {
		return uploader.Target{Signer: signer, Transport: road}, nil
	}
	s.engine = uploader.New(uploader.Options{Journal: s.j})
	t.Cleanup(s.quit)
	return s
}

// quit ends the process, as far as engine and journal are concerned.
func (s *sender) quit() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.engine.Close(ctx); err != nil {
		s.t.Error(err)
	}
	s.j.Close()
}

func (s *sender) restore() uploader.ID {
	s.t.Helper()
	all := items(s.t, s.j)
	if len(all) != 1 {
		s.t.Fatalf("%d transfers are unfinished", len(all))
	}
	item, parts, ok, err := s.j.Claim(s.t.Context(), all[0].ID)
	if !ok || err != nil {
		s.t.Fatalf("not claimed: %v", err)
	}
	return s.engine.Restore(uploader.Job{
		Source: uploader.NewFile(item.Name, item.Path, item.Size), Destination: item.Destination, Open: s.open,
	}, item.Saved, parts)
}

func (s *sender) await(id uploader.ID, ok func(uploader.Snapshot) bool) uploader.Snapshot {
	s.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		snap, known := s.engine.Snapshot(id)
		if known && ok(snap) {
			return snap
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("in state %d with %d parts: %v", snap.State, snap.PartsDone, snap.Err)
		}
	}
}

// interrupted sends the first three of eight parts of a file, and quits.
func interrupted(t *testing.T) (dir, path string, content []byte, store *storetest.Store) {
	t.Helper()
	dir, store = t.TempDir(), storetest.Start(t)
	content = make([]byte, 64*mib)
	rand.NewChaCha8([32]byte{7}).Read(content)
	path = filepath.Join(dir, "film.mov")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	gate := make(chan struct{})
	for n := 4; n <= 8; n++ {
		store.Fault(storetest.OnPart(n), storetest.Hold(gate))
	}
	s := newSender(t, dir, store)
	id := s.engine.Add(uploader.Job{Source: uploader.NewFile("film.mov", path, 64*mib), Destination: "work", Key: "film.mov", Open: s.open})
	s.await(id, func(s uploader.Snapshot) bool { return s.PartsDone == 3 })
	s.quit()
	store.Heal()
	close(gate)
	if len(store.Uploads()) != 1 {
		t.Fatal("nothing was kept at the store")
	}
	return dir, path, content, store
}

func done(s uploader.Snapshot) bool { return s.State == uploader.Done }

// Another process sends what is missing, and nothing else.
func TestResume(t *testing.T) {
	dir, _, content, store := interrupted(t)
	sent := store.Parts() // one that is slow goes twice: count none
	s := newSender(t, dir, store)
	end := s.await(s.restore(), done)
	if parts := sent(); !slices.Equal(parts, []int{4, 5, 6, 7, 8}) || store.Count(storetest.Create) != 1 {
		t.Errorf("the parts %d were sent, in %d uploads", parts, store.Count(storetest.Create))
	}
	if end.Resumed != 24*mib || end.Sent != 64*mib || end.Parts != 8 {
		t.Errorf("resumed %d of %d bytes in %d parts", end.Resumed, end.Sent, end.Parts)
	}
	if !bytes.Equal(store.Get("film.mov"), content) {
		t.Error("the bytes differ")
	}
	store.Holds("film.mov")
	s.quit()
	if left := items(t, open(t, dir)); len(left) != 0 {
		t.Errorf("the journal still has %+v", left)
	}
}

// Parts of another version of the file are thrown away.
func TestResumeOfAChangedFile(t *testing.T) {
	for name, change := range map[string]func(path string, content []byte) error{
		"touched": func(path string, _ []byte) error {
			now := time.Now().Add(time.Hour)
			return os.Chtimes(path, now, now)
		},
		"its last bytes changed behind the clock": func(path string, content []byte) error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			content[len(content)-1]++
			if err := os.WriteFile(path, content, 0o600); err != nil {
				return err
			}
			return os.Chtimes(path, info.ModTime(), info.ModTime())
		},
		"shorter": func(path string, _ []byte) error { return os.Truncate(path, 40*mib) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, path, content, store := interrupted(t)
			if err := change(path, content); err != nil {
				t.Fatal(err)
			}
			s := newSender(t, dir, store)
			end := s.await(s.restore(), done)
			now, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if end.Resumed != 0 || !bytes.Equal(store.Get("film.mov"), now) {
				t.Errorf("%d bytes of the old file were kept", end.Resumed)
			}
			store.Holds("film.mov")
		})
	}
}

// What the store has lost meanwhile is sent again.
func TestResumeOfALostUpload(t *testing.T) {
	dir, _, content, store := interrupted(t)
	uploads, err := store.Client().ListMultipartUploads(t.Context(), &awss3.ListMultipartUploadsInput{Bucket: &store.Bucket})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range uploads.Uploads {
		if _, err := store.Client().AbortMultipartUpload(t.Context(), &awss3.AbortMultipartUploadInput{
			Bucket: &store.Bucket, Key: u.Key, UploadId: u.UploadId,
		}); err != nil {
			t.Fatal(err)
		}
	}
	s := newSender(t, dir, store)
	s.await(s.restore(), done)
	if !bytes.Equal(store.Get("film.mov"), content) {
		t.Error("the bytes differ")
	}
	store.Holds("film.mov")
}

// A part that only the journal knows of does not count.
func TestResumeComparesPartsWithTheStore(t *testing.T) {
	dir, _, content, store := interrupted(t)
	forged := open(t, dir)
	all := items(t, forged)
	if _, _, ok, err := forged.Claim(t.Context(), all[0].ID); !ok {
		t.Fatal(err)
	}
	if err := forged.Part(all[0].ID, part(5)); err != nil {
		t.Fatal(err)
	}
	forged.Close()
	s := newSender(t, dir, store)
	end := s.await(s.restore(), done)
	if end.Resumed != 24*mib || !bytes.Equal(store.Get("film.mov"), content) {
		t.Errorf("%d bytes counted as sent before", end.Resumed)
	}
}

// The object was completed, but the process did not live to know it.
func TestResumeAfterCompletion(t *testing.T) {
	dir, store := t.TempDir(), storetest.Start(t)
	content := make([]byte, 24*mib)
	rand.NewChaCha8([32]byte{9}).Read(content)
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	answered := make(chan struct{})
	store.Fault(storetest.On(storetest.Complete), func(p *storetest.Proxy, w http.ResponseWriter, r *http.Request) {
		storetest.DropAnswer()(p, w, r)
		close(answered)
	})
	gate := make(chan struct{})
	defer close(gate)
	store.Fault(storetest.On(storetest.Complete).After(1), storetest.Hold(gate))
	first := newSender(t, dir, store)
	first.engine.Add(uploader.Job{Source: uploader.NewFile("f", path, 24*mib), Destination: "work", Key: "f", Open: first.open})
	<-answered
	first.quit()
	store.Heal()
	before := store.Count(storetest.PartPut)
	second := newSender(t, dir, store)
	second.await(second.restore(), done)
	if n := store.Count(storetest.PartPut) - before; n != 0 && n != 3 {
		t.Errorf("%d parts were sent again", n)
	}
	if !bytes.Equal(store.Get("f"), content) {
		t.Error("the bytes differ")
	}
	store.Holds("f")
}
