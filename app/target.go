package app

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"chute/app/config"
	"chute/app/localstore"
	"chute/app/secret"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign"
	"chute/uploader/sign/backend"
	"chute/uploader/sign/s3"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// opener returns what resolves a destination when a transfer's turn comes. A
// resolved one is kept, so that 3,000 files ask the keyring once.
func (a *App) opener(name string) func(context.Context) (uploader.Target, error) {
	return func(ctx context.Context) (uploader.Target, error) {
		dest, err := a.recent(name)
		if err != nil {
			return uploader.Target{}, err
		}
		if dest.Type == config.TypeLocal {
			return a.localTarget(ctx, dest) // whose gateway may have to be started
		}
		a.mu.Lock()
		target, ok := a.targets[name]
		a.mu.Unlock()
		if ok {
			return target, nil
		}
		target, err = a.resolve(ctx, dest, savedSecrets{a, name})
		if err != nil {
			return uploader.Target{}, err
		}
		a.mu.Lock()
		a.targets[name] = target
		a.mu.Unlock()
		return target, nil
	}
}

// forget drops what was resolved of a destination.
func (a *App) forget(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.targets, name)
	delete(a.recents, name)
}

// recently is how long a destination is taken to be as it was read last by a
// transfer: a thousand small files a second ask for theirs, twice each.
const recently = time.Second

// recentDestination is a destination as it was read then.
type recentDestination struct {
	config.Destination
	at time.Time
}

// recent is destination for transfers: what another process changes counts
// after recently.
func (a *App) recent(name string) (config.Destination, error) {
	a.mu.Lock()
	r, ok := a.recents[name]
	a.mu.Unlock()
	if ok && time.Since(r.at) < recently {
		return r.Destination, nil
	}
	dest, err := a.destination(name)
	if err != nil {
		return dest, err
	}
	a.mu.Lock()
	a.recents[name] = recentDestination{dest, time.Now()}
	a.mu.Unlock()
	return dest, nil
}

// secretSource gives the secrets of one destination.
type secretSource interface {
	get(ctx context.Context, f secret.Field) (secret.Secret, error)
}

// savedSecrets reads the keyring.
type savedSecrets struct {
	a    *App
	name string
}

func (s savedSecrets) get(ctx context.Context, f secret.Field) (secret.Secret, error) {
	return s.a.secrets.Get(ctx, s.name, f)
}

// noted remembers the secrets that it gives.
type noted struct {
	a *App
	secretSource
}

func (n noted) get(ctx context.Context, f secret.Field) (secret.Secret, error) {
	value, err := n.secretSource.get(ctx, f)
	if err == nil {
		n.a.note(value)
	}
	return value, err
}

// note remembers a secret, so that it can be taken out of texts.
func (a *App) note(value secret.Secret) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.revealed[value.Reveal()] = true
	if _, password, ok := strings.Cut(value.Reveal(), ":"); ok {
		a.revealed[password] = true
	}
}

// resolve makes the signer and the transport of a destination.
func (a *App) resolve(ctx context.Context, dest config.Destination, from secretSource) (uploader.Target, error) {
	from = noted{a, from}
	road, err := a.transport(dest)
	if err != nil {
		return uploader.Target{}, err
	}
	clock := a.clock(dest)
	switch dest.Type {
	case config.TypeLocal:
		return a.localTarget(ctx, dest)
	case config.TypeS3:
		c, err := s3Config(ctx, dest, from, road, clock)
		if err != nil {
			return uploader.Target{}, err
		}
		signer, err := s3.New(ctx, c)
		return uploader.Target{Signer: signer, Transport: road, Clock: clock}, err
	default:
		signer, err := a.backendSigner(dest, from, road, clock)
		return uploader.Target{Signer: signer, Transport: road, Clock: clock}, err
	}
}

// s3Config says how the service of a destination of type s3 is asked.
func s3Config(ctx context.Context, dest config.Destination, from secretSource, road *http.Transport, clock *uploader.Clock) (c s3.Config, err error) {
	c = s3.Config{
		Endpoint: dest.Endpoint, Region: dest.Region, Bucket: dest.Bucket, PathStyle: dest.PathStyle,
		Provider: dest.Provider, PublicURL: dest.PublicURL, PartSize: dest.PartBytes(),
		Transport: clock.Transport(road), Now: clock.Now, SharedConfig: dest.Credentials == config.CredentialsAWS, Profile: dest.AWSProfile,
	}
	if !c.SharedConfig {
		c.Credentials, err = keys(ctx, dest.Name, from)
	}
	return c, err
}

// clock is the time as the store of a destination has it.
func (a *App) clock(dest config.Destination) *uploader.Clock {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.clocks[dest.Name]
	if c == nil {
		c = &uploader.Clock{Off: func(skew time.Duration) {
			f := fault.ClockOff(skew, dest.Name)
			a.log.Warn("clock", "destination", dest.Name, "store_ahead", skew)
			a.notice(f)
		}}
		a.clocks[dest.Name] = c
	}
	return c
}

// backendSigner makes the signer of a presign backend.
func (a *App) backendSigner(dest config.Destination, from secretSource, road *http.Transport, clock *uploader.Clock) (sign.Signer, error) {
	return backend.New(backend.Config{
		URL: dest.URL, Dialect: a.dialectOf(dest), Auth: dest.Auth,
		Secret: func(ctx context.Context) (string, error) {
			value, err := from.get(ctx, secret.Backend)
			if errors.Is(err, secret.ErrNotFound) {
				return "", fault.New(fault.Denied, fault.NoSecret, fault.Facts{"Destination": dest.Name}, nil)
			}
			return value.Reveal(), err
		},
		Headers: dest.Headers, Vars: dest.Vars, Bucket: dest.Bucket, PublicURL: dest.PublicURL, PartSize: dest.PartBytes(),
		AllowHTTP: dest.AllowHTTP, Transport: road, Store: clock.Transport(road), Now: clock.Now, Agent: "Chute/" + Version,
	})
}

// keys reads an access key.
func keys(ctx context.Context, name string, from secretSource) (aws.CredentialsProvider, error) {
	var values [3]string
	for i, field := range []secret.Field{secret.AccessKeyID, secret.SecretAccessKey, secret.SessionToken} {
		value, err := from.get(ctx, field)
		if errors.Is(err, secret.ErrNotFound) {
			if field == secret.SessionToken {
				continue
			}
			return nil, fault.New(fault.Signature, fault.NoKey, fault.Facts{"Destination": name}, nil)
		}
		if err != nil {
			return nil, err
		}
		values[i] = value.Reveal()
	}
	return credentials.NewStaticCredentialsProvider(values[0], values[1], values[2]), nil
}

// localTarget starts the gateway where it does not run yet.
func (a *App) localTarget(ctx context.Context, dest config.Destination) (uploader.Target, error) {
	access, err := a.local.Open(ctx)
	if err != nil {
		return uploader.Target{}, err
	}
	if !a.local.Serves() {
		a.keeping.Do(func() { a.keepLocal(ctx, access) })
	}
	if a.local.Moved() {
		a.log.Warn("the local store's port was taken; links made before do not work now")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	const name = " local:" // no destination's name begins with a space
	key := name + access.Endpoint + access.AccessKey + dest.PublicURL + dest.PartSize
	if t, ok := a.targets[key]; ok {
		return t, nil
	}
	road := a.transportFor("", nil)
	signer, err := s3.New(ctx, s3.Config{
		Endpoint: access.Endpoint, Region: localstore.Region, Bucket: localstore.Bucket, PathStyle: true,
		PublicURL: dest.PublicURL, PartSize: dest.PartBytes(), Transport: road,
		Credentials: credentials.NewStaticCredentialsProvider(access.AccessKey, access.SecretKey, ""),
	})
	if err != nil {
		return uploader.Target{}, err
	}
	t := uploader.Target{Signer: signer, Transport: road}
	a.targets[key] = t
	return t, nil
}

// localCheck is how soon the local store runs again when the process that ran
// it ends: soon enough for a transfer to go on without a pause to be seen.
const localCheck = time.Second

// keepLocal makes this process run the local store as soon as the one that
// runs it now ends, until Close. Transfers go on then, and links work as long
// as any Chute runs.
func (a *App) keepLocal(ctx context.Context, access localstore.Access) {
	secrets := localSecrets{a}
	if _, _, ok := secrets.Get(ctx); !ok {
		secrets.Set(ctx, access.AccessKey, access.SecretKey) // the links hold a signature by these
	}
	a.log.Info("another Chute runs the local store")
	a.work.Go(func() {
		tick := time.NewTicker(localCheck)
		defer tick.Stop()
		for !a.local.Serves() {
			select {
			case <-tick.C:
				if _, err := a.local.Open(a.running); err != nil && a.running.Err() == nil {
					a.log.Warn("local store", "cause", err)
				}
			case <-a.running.Done():
				return
			}
		}
	})
}

// transport returns the connections to use for a destination: those with the
// same certificates share them.
func (a *App) transport(dest config.Destination) (*http.Transport, error) {
	if dest.CAFile == "" {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.transportFor("", nil), nil
	}
	path := dest.CAFile
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(a.file.Path()), path)
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, caProblem(err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, caProblem(fault.NoCertificate.With("Path", path))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.transportFor(path+string(pem), roots), nil
}

func caProblem(err error) error {
	return fault.Wrong(err, fault.Mistake{Field: "ca_file", What: fault.Says(err)})
}

// transportFor is the cache behind transport. The caller holds a.mu.
func (a *App) transportFor(key string, roots *x509.CertPool) *http.Transport {
	t := a.roads[key]
	if t == nil {
		t = uploader.NewTransport(roots, http.ProxyFromEnvironment)
		a.roads[key] = t
	}
	return t
}

// localSecrets keeps the local store's credentials in the keyring, under a
// name that no destination can have.
type localSecrets struct{ a *App }

const localName = " local-store"

// Get implements localstore.Secrets.
func (l localSecrets) Get(ctx context.Context) (access, secretKey string, ok bool) {
	id, err := l.a.secrets.Get(ctx, localName, secret.AccessKeyID)
	if err == nil {
		var key secret.Secret
		if key, err = l.a.secrets.Get(ctx, localName, secret.SecretAccessKey); err == nil {
			l.a.note(id)
			l.a.note(key)
			return id.Reveal(), key.Reveal(), true
		}
	}
	if !errors.Is(err, secret.ErrNotFound) {
		l.a.log.Warn("the local store's key is not to be had; a new one is made", "cause", err)
	}
	return "", "", false
}

// Set implements localstore.Secrets.
func (l localSecrets) Set(ctx context.Context, access, secretKey string) {
	l.a.note(secret.Secret(access))
	l.a.note(secret.Secret(secretKey))
	err := errors.Join(
		l.a.secrets.Set(ctx, localName, secret.AccessKeyID, secret.Secret(access)),
		l.a.secrets.Set(ctx, localName, secret.SecretAccessKey, secret.Secret(secretKey)),
	)
	if err != nil {
		l.a.log.Warn("the local store's key is kept until Chute quits", "cause", err)
	}
}
