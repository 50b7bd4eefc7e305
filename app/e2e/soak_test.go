//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"chute/uploader/storetest"
)

// The number of uploads, and the seed to repeat a run by; see make soak.
const (
	soakRounds = "CHUTE_SOAK"
	soakSeed   = "CHUTE_SOAK_SEED"
)

// TestSoak kills the program at random moments, with SIGKILL, and lets it go
// on: by "resume", by sending the same file again, by opening the window. Every
// object must arrive, nothing may be left at the store or in the journal, and
// no part that the journal has may be sent again.
func TestSoak(t *testing.T) {
	rounds, seed := 5, uint64(time.Now().UnixNano())
	if n, err := strconv.Atoi(os.Getenv(soakRounds)); err == nil {
		rounds = n
	}
	if n, err := strconv.ParseUint(os.Getenv(soakSeed), 10, 64); err == nil {
		seed = n
	}
	t.Logf("%d uploads; %s=%d repeats them", rounds, soakSeed, seed)
	s := newSoak(t, seed)
	for n := range rounds {
		s.round(n)
		if t.Failed() {
			if log, err := os.ReadFile(filepath.Join(s.dir, "home", "chute.log")); err == nil {
				t.Logf("chute.log ends with:\n%s", log[max(0, len(log)-4000):])
			}
			t.Fatalf("in round %d of seed %d", n, seed)
		}
	}
	t.Logf("%d uploads, killed %d times, %d MiB of files, %d MiB sent; %d MiB had been on their way when the program was killed",
		rounds, s.kills, s.size>>20, s.sent>>20, s.lost>>20)
	for _, how := range slices.Sorted(maps.Keys(s.resumed)) {
		t.Logf("went on by %s: %d", how, s.resumed[how])
	}
	for _, moment := range slices.Sorted(maps.Keys(s.moments)) {
		t.Logf("killed %s: %d", moment, s.moments[moment])
	}
}

type soak struct {
	t       *testing.T
	random  *rand.Rand
	store   *storetest.Store
	env     env
	dir     string
	desktop *desktop // made when it is needed

	mu      sync.Mutex
	running *exec.Cmd

	kills            int
	size, sent, lost int64
	resumed, moments map[string]int
}

func newSoak(t *testing.T, seed uint64) *soak {
	s := &soak{
		t: t, random: rand.New(rand.NewPCG(seed, 0)), store: storetest.Start(t), dir: t.TempDir(),
		resumed: map[string]int{}, moments: map[string]int{},
	}
	home := filepath.Join(s.dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(home, "destinations.toml"), fmt.Sprintf(`
[[destination]]
name        = "test"
type        = "s3"
endpoint    = %q
region      = %q
bucket      = %q
path_style  = true
credentials = "aws"
[default]
destination = "test"
`, s.store.Endpoint, storetest.Region, s.store.Bucket))
	s.env = newEnv(t, s.dir).with(
		"CHUTE_HOME="+home, "AWS_ACCESS_KEY_ID="+storetest.AccessKey, "AWS_SECRET_ACCESS_KEY="+storetest.SecretKey,
		"AWS_EC2_METADATA_DISABLED=true",
	)
	return s
}

// unfinished is a line of "resume --list --json".
type unfinished struct {
	ID        string `json:"id"`
	Path      string `json:"path"`
	Size      int64  `json:"size"`
	SentBytes int64  `json:"sent_bytes"`
	Running   bool   `json:"running"`
}

// journal lists what is unfinished, also what only the store knows of.
func (s *soak) journal() (all []unfinished) {
	s.t.Helper()
	out, errs, err := run(s.t.Context(), s.env, "", program, "resume", "--list", "--json")
	if err != nil {
		s.t.Fatalf("list: %v: %s", err, errs)
	}
	for line := range strings.Lines(out) {
		var u unfinished
		if err := json.Unmarshal([]byte(line), &u); err != nil {
			s.t.Fatal(err)
		}
		all = append(all, u)
	}
	return all
}

// partSize is what the program cuts files of these sizes into, and slots how
// many parts it has on their way at most at normal speed.
const (
	partSize = 8 << 20
	slots    = 8
)

func (s *soak) round(n int) {
	size := 17<<20 + s.random.Int64N(48<<20)
	if s.random.IntN(8) == 0 {
		size = 1 + s.random.Int64N(16<<20) // one request
	}
	content := make([]byte, size)
	rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)}).Read(content)
	path := filepath.Join(s.dir, fmt.Sprintf("upload %d.bin", n))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		s.t.Fatal(err)
	}
	defer os.Remove(path)
	before := s.store.Keys()
	s.size += size

	for kill := 1 + s.random.IntN(3); ; kill-- {
		known := s.known()
		how := s.next(path, known >= 0)
		received := s.received()
		killed := kill > 0 && s.untilKilled(how, path, int(max(1, (size-max(known, 0))/partSize)), known > 0)
		if kill <= 0 {
			s.toItsEnd(how, path)
		}
		s.store.Heal()
		got := s.received() - received
		s.sent += got
		if size > 16<<20 {
			s.judge(size, max(known, 0), got, killed)
		}
		if !killed {
			break
		}
	}
	s.arrived(content, before)
}

// known is how many bytes the journal knows to be at the store; -1: there is
// nothing unfinished.
func (s *soak) known() int64 {
	all := slices.DeleteFunc(s.journal(), func(u unfinished) bool {
		return u.Path == "" // at the store alone: created, and the journal did not know yet
	})
	if len(all) > 1 {
		s.t.Errorf("%d transfers are unfinished, of one file: %+v", len(all), all)
	}
	if len(all) == 0 {
		return -1
	}
	return all[0].SentBytes
}

func (s *soak) received() int64 {
	return s.store.Bytes(storetest.PartPut)
}

// judge compares what one process sent with what it had to send.
func (s *soak) judge(size, known, got int64, killed bool) {
	s.t.Helper()
	// A part that is slow, as on a busy machine, is sent once more beside.
	const hedges = 2 * partSize
	if got > size-known+hedges {
		s.t.Errorf("%d bytes of %d were at the store, and %d were sent", known, size, got)
	}
	if !killed {
		return
	}
	lost := got - max(s.known()-known, 0)
	if left := s.known(); left >= 0 && lost > slots*partSize+hedges {
		s.t.Errorf("%d bytes were on their way when it was killed", lost)
	}
	s.lost += max(lost, 0)
}

// next picks how the program goes on.
func (s *soak) next(path string, unfinished bool) string {
	how := "send"
	if unfinished {
		how = []string{"resume", "send"}[s.random.IntN(2)]
		if s.random.IntN(8) == 0 {
			how = "window" // which takes longer
		}
		s.resumed[how]++
	}
	return how
}

// toItsEnd runs the program until the file has arrived.
func (s *soak) toItsEnd(how, path string) {
	s.t.Helper()
	cmd := s.command(how, path)
	if how != "window" {
		out, err := cmd.CombinedOutput()
		checkOutput(s.t, out)
		if err != nil {
			s.t.Fatalf("%s: %v\n%s", how, err, out)
		}
		return
	}
	window := start(s.t, cmd.Env, nil, program)
	eventually(s.t, "an upload that goes on when the window opens", func() bool { return len(s.journal()) == 0 })
	window.stop(s.t)
	checkOutput(s.t, window.output.Bytes())
}

// arrived fails the test unless all that is new in the bucket is the file, and
// nothing is left over.
func (s *soak) arrived(content []byte, before []string) {
	s.t.Helper()
	found := 0
	for _, key := range s.store.Keys() {
		if slices.Contains(before, key) {
			continue
		}
		found++
		if !bytes.Equal(s.store.Get(key), content) {
			s.t.Errorf("%s differs", key)
		}
	}
	if found == 0 {
		s.t.Error("nothing arrived")
	}
	if left := s.journal(); len(left) > 0 {
		s.t.Errorf("left in the journal: %v", left)
	}
	if left := s.store.Uploads(); len(left) > 0 {
		s.t.Errorf("unfinished uploads are left: %q", left)
	}
}
