package sandbox

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// picture is one upload. Equal bytes uploaded twice are two pictures: whether
// the platform would return the same link is not documented.
type picture struct {
	ID      string `json:"id"`                // 32 hexadecimal digits
	Hash    string `json:"hash,omitempty"`    // SHA-256 of the bytes; none for a foreign picture
	Type    string `json:"type,omitempty"`    // "image/png" or "image/jpeg"
	Foreign string `json:"foreign,omitempty"` // the URL of a picture taken from another host
}

func (p *picture) key() string { return "picture/" + p.ID }

// The hosts of pictures (reference section 5).
const (
	uploadHost = "mmecimage.cn"
	storeHost  = "store.mp.video.tencent-cloud.com"
	shortHost  = "mmbizurl.cn"

	mediaPrefix = "wxashop_"
)

// tempURL is the link that img/upload returns.
func (s *Sandbox) tempURL(id string) string {
	raw, _ := hex.DecodeString(id)
	return "https://" + uploadHost + "/p/" + s.appID + "/H" + base64.RawURLEncoding.EncodeToString(raw)
}

// mediaID is what resp_type 0 returns. No link can be made of it.
func mediaID(id string) string {
	return mediaPrefix + base64.RawURLEncoding.EncodeToString([]byte(id))
}

// pictureURL is the link in a reply: as it was handed out, moved to the store's
// host, or moved to another folder there with each reply.
func (x *exchange) pictureURL(id string) string {
	p := x.pictures[id]
	folder := uint64(161)
	switch x.knobs.PictureURLs {
	case "", "kept":
		if p.Foreign != "" {
			return p.Foreign
		}
		return x.tempURL(id)
	case "changing":
		folder += x.call.Seq
	}
	return fmt.Sprintf("https://%s/%d/20304/snscosdownload/SH/reserved/%s?m=1&token=", storeHost, folder, id)
}

func (x *exchange) pictureURLs(ids []string) []string {
	urls := make([]string, len(ids))
	for i, id := range ids {
		urls[i] = x.pictureURL(id)
	}
	return urls
}

// findPicture turns a link that a request holds into the picture's id. The
// platform takes links on its own hosts only, and of these only its own.
func (x *exchange) findPicture(link string) (id string, r *refusal) {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", refuse(1000035)
	}
	switch u.Host {
	case uploadHost, storeHost:
		id = x.pictureAt(u.Path)
	case shortHost:
		return "", refuse(1070011) // the sandbox hands none out
	default:
		return x.foreignPicture(link)
	}
	if x.pictures[id] == nil {
		return "", refuse(1070011)
	}
	return id, nil
}

// pictureAt is the id of the picture at a path of one of the hosts; what is no
// such path leads to no picture.
func (s *Sandbox) pictureAt(hostPath string) string {
	opaque, uploaded := strings.CutPrefix(hostPath, "/p/"+s.appID+"/H")
	if !uploaded {
		return path.Base(hostPath)
	}
	raw, err := base64.RawURLEncoding.DecodeString(opaque)
	if err != nil {
		return ""
	}
	return hex.EncodeToString(raw)
}

// foreignPicture takes a picture of another host under a link of our own, as
// the platform did until December 2021.
func (x *exchange) foreignPicture(link string) (string, *refusal) {
	if !x.knobs.AcceptForeignPictures {
		return "", refuse(1070010)
	}
	for _, p := range x.pictures {
		if p.Foreign == link {
			return p.ID, nil
		}
	}
	return x.addPicture(&picture{Foreign: link}), nil
}

// findPictures turns links into ids and stops at the first bad one.
func (x *exchange) findPictures(links []string) (ids []string, r *refusal) {
	for _, link := range links {
		id, r := x.findPicture(link)
		if r != nil {
			return nil, r
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// findProof is findPicture for brand and category audits, which also take a media_id.
func (x *exchange) findProof(link string) (id string, r *refusal) {
	tail, ok := strings.CutPrefix(link, mediaPrefix)
	if !ok {
		return x.findPicture(link)
	}
	raw, err := base64.RawURLEncoding.DecodeString(tail)
	if err != nil || x.pictures[string(raw)] == nil {
		return "", refuse(1070011)
	}
	return string(raw), nil
}

func (x *exchange) addPicture(p *picture) string {
	p.ID = hex.EncodeToString(x.opaque("picture", x.account.next()))
	x.pictures[p.ID] = p
	x.changes.add(p)
	return p.ID
}

func (s *Sandbox) storePicture(hash string, data []byte) error {
	if s.ledger == nil {
		s.memory[hash] = data
		return nil
	}
	return s.ledger.savePicture(hash, data)
}

// servePicture shows an upload.
func (s *Sandbox) servePicture(w http.ResponseWriter, r *http.Request, id string) {
	p, data, err := s.loadPicture(id)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", p.Type)
	w.Header().Set("Cache-Control", "max-age=86400, immutable")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(data)
}

func (s *Sandbox) loadPicture(id string) (*picture, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pictures[id]
	if p == nil || p.Hash == "" {
		return nil, nil, errors.New("no such picture")
	}
	if s.ledger == nil {
		return p, s.memory[p.Hash], nil
	}
	data, err := s.ledger.loadPicture(p.Hash)
	return p, data, err
}
