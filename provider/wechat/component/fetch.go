package component

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"syscall"
	"time"

	"github.com/shopctl/shopctl/schema/raster"
)

// Limits of fetching a picture ourselves.
const (
	maxPicture     = 2 << 20 // bytes, the platform's own limit (section 5)
	fetchTimeout   = 30 * time.Second
	fetchRedirects = 3
)

// fetcher reads pictures that are declared by URL. It connects to public
// addresses only, and looks at the address it really connects to, so that neither
// a name nor a redirect can lead it into the network it runs in.
type fetcher struct{ client *http.Client }

func newFetcher(allowed func(netip.Addr) bool) *fetcher {
	dialer := &net.Dialer{
		Timeout: fetchTimeout,
		Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			if !allowed(to.Addr().Unmap()) {
				return errors.New("its host is not a public address")
			}
			return nil
		},
	}
	return &fetcher{client: &http.Client{
		Timeout: fetchTimeout,
		// No proxy: it would make the connection in our place.
		Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > fetchRedirects {
				return fmt.Errorf("more than %d redirects", fetchRedirects)
			}
			return nil
		},
	}}
}

// notPublic are the special ranges that netip has no method for: this network,
// shared (carrier NAT), IETF protocol and benchmark ranges, reserved, and the
// prefixes that embed IPv4 addresses.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("2002::/16"),
}

// publicAddress reports whether an address is on the public internet.
func publicAddress(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, prefix := range notPublic {
		if prefix.Contains(a) {
			return false
		}
	}
	return true
}

// fetch reads one picture, and gives it a file name. Its errors name neither the
// query nor the user of the URL.
func (f *fetcher) fetch(ctx context.Context, imgURL string) (name string, content []byte, err error) {
	content, extension, err := f.get(ctx, imgURL)
	if err != nil {
		return "", nil, err
	}
	u, err := url.Parse(imgURL)
	if err != nil {
		return "", nil, errNoURL
	}
	if v := raster.Look(content); v.Fault != raster.Sound {
		return "", nil, fmt.Errorf("the picture cannot be used (%s)", v.Fault)
	}
	return baseName(u) + extension, content, nil
}

var errNoURL = errors.New("it is not an http(s) URL")

// get reads one picture; extension is ".jpg" or ".png".
func (f *fetcher) get(ctx context.Context, imgURL string) (content []byte, extension string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, imgURL, nil)
	if err != nil || request.URL.Scheme != "https" && request.URL.Scheme != "http" {
		return nil, "", errNoURL
	}
	response, err := f.client.Do(request)
	if err != nil {
		return nil, "", bare(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("its host answers HTTP status %d", response.StatusCode)
	}
	content, err = io.ReadAll(io.LimitReader(response.Body, maxPicture+1))
	switch {
	case err != nil:
		return nil, "", bare(err)
	case len(content) > maxPicture:
		return nil, "", errors.New("it is larger than 2 MB")
	}
	extension, ok := pictureTypes[http.DetectContentType(content)]
	if !ok {
		return nil, "", errors.New("it is neither a JPEG nor a PNG")
	}
	return content, extension, nil
}

// pictureTypes are the formats that the platform takes, with their extension.
var pictureTypes = map[string]string{"image/jpeg": ".jpg", "image/png": ".png"}

func baseName(u *url.URL) string {
	base := path.Base(u.Path)
	base = base[:len(base)-len(path.Ext(base))]
	if base == "" || base == "/" || base == "." {
		return "picture"
	}
	return base
}

// bare strips the URL that net/http puts in front of its errors.
func bare(err error) error {
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		return urlErr.Err
	}
	return err
}
