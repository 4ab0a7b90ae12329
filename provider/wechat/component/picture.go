package component

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"

	"github.com/shopctl/shopctl/provider"
)

var _ provider.PictureSource = (*Provider)(nil)

// pictureHosts are the platform's picture hosts as they can be reached. Where
// the endpoint is on this machine it is a sandbox, which plays the hosts of its
// pictures too.
type pictureHosts struct {
	fetcher *fetcher
	standIn *url.URL // nil for the real ones
}

func newPictureHosts(endpoint string) pictureHosts {
	u, err := url.Parse(endpoint)
	if err != nil || !onThisMachine(u.Hostname()) {
		return pictureHosts{fetcher: newFetcher(publicAddress)}
	}
	return pictureHosts{fetcher: newFetcher(netip.Addr.IsLoopback), standIn: u}
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// FetchPicture implements provider.PictureSource. Its errors do not name the URL.
func (p *Provider) FetchPicture(ctx context.Context, imgURL string) (content []byte, extension string, err error) {
	if !p.Hosts(imgURL) {
		return nil, "", errors.New("it is not on a picture host of the platform")
	}
	if s := p.pictures.standIn; s != nil {
		u, err := url.Parse(imgURL)
		if err != nil {
			return nil, "", err
		}
		u.Scheme, u.Host, u.User = s.Scheme, s.Host, nil
		imgURL = u.String()
	}
	return p.pictures.fetcher.get(ctx, imgURL)
}
