// Package gateway runs an S3 server in this process, on a loopback port, with
// its objects as files below a folder: the store of the destination
// "this-computer", and the one that tests run against. It is versitygw, which
// checks signatures, expiry, POST policies and CRC64NVME as S3 does.
package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api"
)

// Config says how to run the gateway.
type Config struct {
	// Dir holds objects/ (a folder a bucket) and, where the file system has no
	// extended attributes, metadata/. It must be an absolute path.
	Dir string
	// Port on 127.0.0.1; 0: a free one.
	Port int
	// AccessKey and SecretKey are the only ones that it accepts.
	AccessKey, SecretKey string
	Region               string
	Buckets              []string // made where missing
	// Connections bounds how many there may be at once; 0: 256.
	Connections int
	// Sidecar keeps metadata in files even where extended attributes work.
	Sidecar bool
	// MD5 makes ETags of MD5 sums, as those of Amazon S3 are, for tests of what
	// relies on them. Else an ETag holds the CRC64NVME, which is summed up
	// anyway; MD5 takes twice as long as all else that is done in this process.
	MD5 bool
}

// Gateway is a running gateway.
type Gateway struct {
	port int
	stop context.CancelFunc
	done chan struct{}
	err  error // of running; read after done
}

// ErrPortTaken says that another program listens on the port.
var ErrPortTaken = errors.New("the port is taken")

const (
	// Chute has at most 32 requests under way, a browser some more.
	maxConnections = 256
	startTimeout   = 20 * time.Second
)

// Start runs a gateway until Close, and returns when it listens. There can be
// one in a process.
//
// The working directory of the process becomes the folder of the objects, and
// must stay so: versitygw reaches them by relative paths. Whoever uses relative
// paths makes them absolute before Start.
func Start(ctx context.Context, c Config) (*Gateway, error) {
	if !filepath.IsAbs(c.Dir) {
		return nil, fmt.Errorf("gateway: %s is not an absolute path", c.Dir)
	}
	objects, metadata := filepath.Join(c.Dir, "objects"), filepath.Join(c.Dir, "metadata")
	for _, dir := range append([]string{objects}, bucketDirs(objects, c.Buckets)...) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("gateway: %w", err)
		}
	}
	port, err := freePort(c.Port)
	if err != nil {
		return nil, err
	}
	takeUp(objects, metadata)
	attributes, err := metadataStore(objects, metadata, c.Sidecar)
	if err != nil {
		return nil, err
	}
	var options posix.PosixOpts
	options.SetNewDirPerm(0o700)
	options.SetNewFilePerm(0o600)
	connections := cmp.Or(c.Connections, maxConnections)
	options.Concurrency = connections
	options.ForceNoObjLockFile = true // this process is the only one at these files
	options.IOBufferSize = 256 << 10
	options.DataIntegrityEtag = !c.MD5
	backend, err := posix.New(objects, attributes, options)
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}

	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	g := &Gateway{port: port, stop: stop, done: make(chan struct{})}
	listening := make(chan struct{})
	go func() {
		defer close(g.done)
		g.err = embedgw.RunVersityGW(run, serialised(whole{backend}), &embedgw.Config{
			RootUserAccess: c.AccessKey, RootUserSecret: c.SecretKey, Region: c.Region,
			Ports:          []string{fmt.Sprintf("127.0.0.1:%d", port)},
			MaxConnections: connections, MaxRequests: connections, MultipartMaxParts: 10_000,
			// Said here, since finding it out is printed on standard output.
			IAMService: auth.NewIAMServiceSingle(auth.Account{Access: c.AccessKey, Secret: c.SecretKey, Role: auth.RoleAdmin}),
			Quiet:      true, KeepAlive: true, DisableACLs: true,
			S3Options: []s3api.Option{s3api.WithOnListen(func() { close(listening) })},
		})
	}()
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	select {
	case <-listening:
		return g, nil
	case <-g.done:
		stop()
		return nil, fmt.Errorf("gateway: %w", g.err)
	case <-ctx.Done():
		err = ctx.Err()
	case <-timeout.C:
		err = errors.New("gateway: does not listen")
	}
	g.Close()
	return nil, err
}

// URL is the endpoint, for path-style requests.
func (g *Gateway) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", g.port) }

// Port is the port it listens on.
func (g *Gateway) Port() int { return g.port }

// Done is closed when the gateway has ended.
func (g *Gateway) Done() <-chan struct{} { return g.done }

// Close ends the gateway and waits for that.
func (g *Gateway) Close() {
	g.stop()
	<-g.done
}

// Answers reports whether an S3 server answers at url.
func Answers(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusForbidden // anonymous listing
}

// freePort finds out whether a port can be had; for 0 it picks one.
func freePort(port int) (int, error) {
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return 0, fmt.Errorf("gateway: port %d: %w", port, errors.Join(ErrPortTaken, err))
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// metadataStore keeps what S3 remembers of an object: in extended attributes,
// or in files beside where those do not work.
func metadataStore(objects, metadata string, sidecar bool) (meta.MetadataStorer, error) {
	if !sidecar && attributesWork(objects) {
		return attributes{}, nil
	}
	if err := os.MkdirAll(metadata, 0o700); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	store, err := meta.NewSideCar(metadata)
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	return store, nil
}

func bucketDirs(objects string, buckets []string) []string {
	dirs := make([]string, len(buckets))
	for i, b := range buckets {
		dirs[i] = filepath.Join(objects, b)
	}
	return dirs
}

// attributesWork tries to write an extended attribute: some file systems take
// the question for one but not the attribute. On Windows the library does nothing
// and says that it did.
func attributesWork(dir string) bool {
	if runtime.GOOS == "windows" {
		return false
	}
	var x attributes
	const probe = "chute-probe"
	return x.StoreAttribute(nil, dir, "", probe, []byte("1")) == nil && x.DeleteAttribute(dir, "", probe) == nil
}
