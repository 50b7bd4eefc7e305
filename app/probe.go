package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"chute/app/config"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/sign/s3"
)

// probeStep is one step of testing a destination.
type probeStep struct {
	name   string // "upload", "link", "delete"
	err    error
	policy string // what would allow it, ready to paste; empty where that is not the trouble
}

// probeText is what a test uploads.
const probeText = "Chute was here to test this destination. This object may be deleted.\n"

// probe puts a small object, reads it by its link and deletes it, and reports
// each step. A step that cannot be tried is left out.
func (a *App) probe(ctx context.Context, dest config.Destination, from secretSource, report func(probeStep)) {
	target, err := a.resolve(ctx, dest, from)
	if err != nil {
		report(probeStep{name: "upload", err: err})
		return
	}
	s, err := a.probeUpload(ctx, dest, target)
	report(step(dest, "upload", err, "s3:PutObject", "s3:AbortMultipartUpload"))
	if err != nil {
		return
	}
	upload, err := target.Signer.Resume(ctx, s.Ref)
	if err != nil {
		report(probeStep{name: "link", err: err})
		return
	}
	if !s.NoLink {
		report(step(dest, "link", readLink(ctx, target.Transport, s.Link.URL), "s3:GetObject"))
	}
	if target.Signer.Limits().CanDelete {
		err := upload.Delete(ctx)
		if errors.Is(err, sign.ErrUnsupported) {
			return
		}
		report(step(dest, "delete", err, "s3:DeleteObject"))
	}
}

// probeUpload sends the object the way that every file goes.
func (a *App) probeUpload(ctx context.Context, dest config.Destination, target uploader.Target) (uploader.Snapshot, error) {
	vars := config.NewKeyVars(time.Now())
	vars.Name, vars.Path = "chute-test.txt", "chute-test.txt"
	key, err := config.ExpandKey(dest.Key, vars)
	if err != nil {
		return uploader.Snapshot{}, err
	}
	return a.sendOne(ctx, target, uploader.Job{
		Source: uploader.NewPipe("chute-test.txt", bytes.NewReader([]byte(probeText))), Destination: dest.Name, Key: key,
		LinkLife: 10 * time.Minute,
	})
}

// sendOne sends something small the way that every file goes, and waits for it.
func (a *App) sendOne(ctx context.Context, target uploader.Target, job uploader.Job) (uploader.Snapshot, error) {
	job.Open = func(context.Context) (uploader.Target, error) { return target, nil }
	ends := make(chan uploader.Snapshot, 1)
	engine := uploader.New(uploader.Options{
		Log: a.log, TempDir: a.home.Store(), Agent: "Chute/" + Version, Ended: func(s uploader.Snapshot) { ends <- s },
	})
	defer engine.Close(context.WithoutCancel(ctx))
	engine.Add(job)
	select {
	case s := <-ends:
		if s.State != uploader.Done {
			return s, s.Err
		}
		return s, nil
	case <-ctx.Done():
		return uploader.Snapshot{}, ctx.Err()
	}
}

// readLink reads the object as whoever gets the link does.
func readLink(ctx context.Context, transport http.RoundTripper, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fault.New(fault.Backend, fault.BackendURL, nil, nil)
	}
	client := http.Client{Transport: transport}
	resp, err := client.Do(req)
	if err != nil {
		return fault.FromTransport(err, req.URL.Host)
	}
	if resp.StatusCode != http.StatusOK {
		f := fault.FromStore(fault.ReadStoreAnswer(resp), time.Now())
		if f.Code == fault.Denied {
			f.Variant = fault.DeniedLink
		}
		return f
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, int64(len(probeText))+1))
	if err != nil {
		return fault.FromTransport(err, req.URL.Host)
	}
	if string(got) != probeText {
		return fault.New(fault.Checksum, "", nil, fmt.Errorf("the link gives %d other bytes", len(got)))
	}
	return nil
}

// step adds the policy where a permission is what is missing.
func step(dest config.Destination, name string, err error, actions ...string) probeStep {
	s := probeStep{name: name, err: err}
	if fault.CodeOf(err) == fault.Denied && dest.Type == config.TypeS3 {
		s.policy = s3.Policy(dest.Bucket, actions...)
	}
	return s
}
