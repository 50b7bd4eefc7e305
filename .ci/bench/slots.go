package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"chute/uploader"
	"chute/uploader/sign/s3"

	"github.com/aws/aws-sdk-go-v2/credentials"
)

// way is what lies between the engine and the store.
type way struct {
	name  string
	rate  float64 // bytes a second; 0: as fast as it goes
	rtt   time.Duration
	most  int // requests at a time that the store takes; 0: any number
	bytes int64
}

var ways = []way{
	{"short fat line (1 Gbit/s, 2 ms)", 125e6, 2 * time.Millisecond, 0, 512 * mib},
	{"long thin line (20 Mbit/s, 300 ms)", 2.5e6, 300 * time.Millisecond, 0, 24 * mib},
	{"store that throttles (3 requests at a time)", 50e6, 20 * time.Millisecond, 3, 192 * mib},
	{"store on the same machine", 0, 0, 0, gib},
}

// measureSlots compares the pool that finds its size by itself with the best
// of those that are fixed, through the engine's own interface.
func measureSlots(m *meter) error {
	for _, w := range ways {
		path := filepath.Join(m.dir, "file.bin")
		if err := write(path, m.o.scaled(w.bytes)); err != nil {
			return err
		}
		settings := []string{"adaptive", "1", "2", "4", "8", "16"}
		all, err := interleave(m.o.runs, settings, func(setting string) (time.Duration, error) { return m.through(w, setting, path) })
		if err != nil {
			return err
		}
		took := func(s string) float64 { return middle(all[s], func(d time.Duration) float64 { return d.Seconds() }) }
		best, text := settings[1], ""
		for _, s := range settings[1:] {
			if took(s) < took(best) {
				best = s
			}
			text += fmt.Sprintf(" %s: %.2f", s, took(s))
		}
		ratio := took("adaptive") / took(best)
		result{
			what: "wall s, requests at a time found by itself, " + w.name, goal: "near the best fixed (≤ 1.15 ×)", held: ratio <= 1.15,
			cells: map[string]string{chute: fmt.Sprintf("%.2f (%.2f × the best; fixed%s)", took("adaptive"), ratio, text)},
		}.print()
	}
	return nil
}

// through sends the file by an engine in this process.
func (m *meter) through(w way, setting, path string) (time.Duration, error) {
	s, err := m.p.startLimited(w.most)
	if err != nil {
		return 0, err
	}
	defer s.stop()
	l, err := startLine(s.address, w.rate, w.rtt)
	if err != nil {
		return 0, err
	}
	defer l.close()
	address := l.address()
	if w.rate == 0 {
		address = s.address
	}
	road := uploader.NewTransport(nil, nil)
	defer road.CloseIdleConnections()
	signer, err := s3.New(m.ctx, s3.Config{
		Endpoint: "http://" + address, Region: region, Bucket: bucket, PathStyle: true, Transport: road,
		Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, ""),
	})
	if err != nil {
		return 0, err
	}
	o := uploader.Options{Speed: uploader.Full, TempDir: m.dir}
	if setting != "adaptive" {
		fmt.Sscan(setting, &o.Speed)
		o.Fixed = true
	}
	failed := make(chan error, 1)
	o.Ended = func(s uploader.Snapshot) {
		if s.State != uploader.Done {
			failed <- s.Err
			return
		}
		failed <- nil
	}
	engine := uploader.New(o)
	defer engine.Close(context.Background())
	begun := time.Now()
	engine.Add(uploader.Job{
		Source: uploader.NewSource("file.bin", path, 0), Destination: "bench", Key: "file.bin",
		Open: func(context.Context) (uploader.Target, error) {
			return uploader.Target{Signer: signer, Transport: road}, nil
		},
	})
	select {
	case err := <-failed:
		return time.Since(begun), err
	case <-m.ctx.Done():
		return 0, m.ctx.Err()
	}
}
