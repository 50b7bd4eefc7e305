package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// The programs that are compared.
const (
	chute = "Chute"
	s5cmd = "s5cmd"
	aws   = "AWS CLI"
	bare  = "bare loop"
)

// programs knows how to call each, with its own defaults.
type programs struct {
	chute, s5cmd, aws string // executables; empty: not there
	self              string
	work              string // a folder to write in
	memory            string // one in memory, where there is room for that: stores keep their objects there
}

func findPrograms(work string) (programs, error) {
	self, err := os.Executable()
	if err != nil {
		return programs{}, err
	}
	p := programs{self: self, work: work}
	here, err := os.Getwd()
	if err != nil {
		return p, err
	}
	p.chute = filepath.Join(here, "chute")
	if _, err := os.Stat(p.chute); err != nil {
		return p, fmt.Errorf("%w; make bench builds it", err)
	}
	if path := filepath.Join(here, ".bin", "s5cmd"); fileExists(path) {
		p.s5cmd = path
	}
	p.aws, _ = exec.LookPath("aws")
	return p, nil
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// known leaves out the programs that are not there.
func (p programs) known(names ...string) []string {
	var list []string
	for _, n := range names {
		if n == s5cmd && p.s5cmd == "" || n == aws && p.aws == "" {
			continue
		}
		list = append(list, n)
	}
	return list
}

// environment has credentials that every program reads, and keeps each of them
// from looking for others.
func (p programs) environment() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + secretKey, "AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=" + os.DevNull, "AWS_CA_BUNDLE=", "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"CHUTE_HOME=" + p.home(), "DBUS_SESSION_BUS_ADDRESS=unix:path=" + os.DevNull, "NO_PROXY=*",
	}
}

func (p programs) home() string { return filepath.Join(p.work, "home") }

// destination makes the store at address the one that Chute sends to.
func (p programs) destination(address string) error {
	if err := os.RemoveAll(p.home()); err != nil {
		return err
	}
	if err := os.MkdirAll(p.home(), 0o700); err != nil {
		return err
	}
	text := fmt.Sprintf("[[destination]]\nname = \"bench\"\ntype = \"s3\"\nendpoint = \"http://%s\"\nregion = %q\nbucket = %q\npath_style = true\ncredentials = \"aws\"\n[default]\ndestination = \"bench\"\n",
		address, region, bucket)
	return os.WriteFile(filepath.Join(p.home(), "destinations.toml"), []byte(text), 0o600)
}

// send uploads a file or folder to the store at address with one program.
func (p programs) send(ctx context.Context, program, address, path string) (usage, error) {
	info, err := os.Stat(path)
	if err != nil {
		return usage{}, err
	}
	endpoint, to := "http://"+address, "s3://"+bucket+"/"+strings.ReplaceAll(program, " ", "-")
	switch program {
	case chute:
		if err := p.destination(address); err != nil {
			return usage{}, err
		}
		return run(ctx, p.environment(), p.work, p.chute, "send", "--no-serve", "--quiet", path)
	case s5cmd:
		if info.IsDir() {
			return run(ctx, p.environment(), p.work, p.s5cmd, "--log", "error", "--endpoint-url", endpoint, "cp", path+"/", to+"/")
		}
		return run(ctx, p.environment(), p.work, p.s5cmd, "--log", "error", "--endpoint-url", endpoint, "cp", path, to)
	case aws:
		args := []string{"--endpoint-url", endpoint, "s3", "cp", "--only-show-errors", path, to}
		if info.IsDir() {
			args = append(args, "--recursive")
		}
		return run(ctx, p.environment(), p.work, p.aws, args...)
	default:
		return run(ctx, nil, p.work, p.self, "bare", endpoint+"/"+bucket+"/bare", path)
	}
}

// bareLoop is the least that a program can do: parts of 8 MiB by 8 workers,
// each read by net/http from the file to the connection, nothing proven.
func bareLoop(url, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	const part, workers = 8 << 20, 8
	offsets := make(chan int64)
	var work sync.WaitGroup
	failed := make(chan error, workers)
	for range workers {
		work.Go(func() {
			for offset := range offsets {
				size := min(part, info.Size()-offset)
				r, err := http.NewRequest(http.MethodPut, url, io.NewSectionReader(file, offset, size))
				if err == nil {
					r.ContentLength = size
					var resp *http.Response
					if resp, err = client.Do(r); err == nil {
						io.Copy(io.Discard, resp.Body)
						resp.Body.Close()
					}
				}
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	go func() {
		defer close(offsets)
		for offset := int64(0); offset < info.Size(); offset += part {
			offsets <- offset
		}
	}()
	work.Wait()
	close(failed)
	return <-failed
}

// store is a store process.
type store struct {
	cmd     *exec.Cmd
	address string
}

// start starts a store, which needs its own folder, and waits until it listens.
func (p programs) start(kind string, seed uint64, fail, stall float64) (*store, error) {
	return p.startStore(kind, seed, fail, stall, 0)
}

// startLimited starts a discarding store that takes so many requests with a
// body at a time, and refuses others; 0: any number.
func (p programs) startLimited(most int) (*store, error) {
	return p.startStore(storeDiscard, 0, 0, 0, most)
}

func (p programs) startStore(kind string, seed uint64, fail, stall float64, most int) (*store, error) {
	dir, err := os.MkdirTemp(p.memory, "store-*")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(p.self, "store", kind, dir, fmt.Sprint(seed), fmt.Sprint(fail), fmt.Sprint(stall), fmt.Sprint(most))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &store{cmd: cmd}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		cmd.Process.Kill()
		return nil, errors.Join(errors.New("the store did not start"), cmd.Wait())
	}
	s.address = lines.Text()
	return s, nil
}

func (s *store) stop() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
	os.RemoveAll(s.dir())
}

func (s *store) dir() string { return s.cmd.Args[3] }

// empty removes the objects that a gateway keeps: the next program shall find
// the same store, and not what another took of the disk and of memory.
func (s *store) empty() error {
	objects, err := filepath.Glob(filepath.Join(s.dir(), "objects", bucket, "[^.]*"))
	for _, o := range objects {
		err = errors.Join(err, os.RemoveAll(o))
	}
	return err
}

// seen asks a discarding store what it got.
func (s *store) seen() (payload, puts int64, first time.Time, err error) {
	resp, err := http.Get("http://" + s.address + "/-/stats")
	if err != nil {
		return 0, 0, time.Time{}, err
	}
	defer resp.Body.Close()
	var nanos int64
	if _, err := fmt.Fscan(resp.Body, &payload, &puts, &nanos); err != nil {
		return 0, 0, time.Time{}, err
	}
	if nanos != 0 {
		first = time.Unix(0, nanos)
	}
	return payload, puts, first, nil
}
