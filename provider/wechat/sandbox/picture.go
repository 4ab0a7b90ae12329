package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the formats that the platform takes
	_ "image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

const (
	maxPicture = 2 << 20         // bytes (reference section 5)
	maxPixels  = 100 * 1_000_000 // of a picture that is worth decoding
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
	case uploadHost:
		opaque, found := strings.CutPrefix(u.Path, "/p/"+x.appID+"/H")
		raw, err := base64.RawURLEncoding.DecodeString(opaque)
		if !found || err != nil {
			return "", refuse(1070011)
		}
		id = hex.EncodeToString(raw)
	case storeHost:
		id = path.Base(u.Path)
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

// uploadPicture is POST /shop/img/upload.
func uploadPicture(x *exchange) (reply, *refusal) {
	u := x.upload
	respType, uploadType := u.fields["resp_type"], u.fields["upload_type"]
	if x.knobs.UploadParamsInQuery {
		respType = orElse(respType, x.query.Get("resp_type"))
		uploadType = orElse(uploadType, x.query.Get("upload_type"))
	}
	switch {
	case u.refused != nil:
		return nil, u.refused
	case !slices.Contains([]string{"", "0", "1", "2"}, respType), !slices.Contains([]string{"", "0", "1"}, uploadType):
		return nil, refuse(9401020)
	case uploadType == "1" && u.url == "", uploadType != "1" && u.data == nil:
		return nil, refuse(1070001)
	case respType == "2" && u.url == "" && u.filename == "":
		return nil, refuse(1070001)
	}
	if err := x.storePicture(u.hash(), u.data); err != nil {
		return nil, refusef(-1, "system error: %v", err)
	}
	id := x.addPicture(&picture{Hash: u.hash(), Type: u.kind})
	return reply{{"img_info", x.imgInfo(respType, id)}}, nil
}

// imgInfo fills the member that was asked for; the others are empty or missing.
func (x *exchange) imgInfo(respType, id string) reply {
	filled := map[string]string{}
	switch respType {
	case "1":
		filled["temp_img_url"] = x.tempURL(id)
	case "2":
		filled["pay_media_id"] = "pay_" + mediaID(id)
	default:
		filled["media_id"] = mediaID(id)
	}
	info := reply{}
	for _, name := range []string{"media_id", "temp_img_url", "pay_media_id"} {
		if filled[name] != "" || x.call.Seq%2 == 0 {
			info = append(info, member{name, filled[name]})
		}
	}
	return info
}

func (s *Sandbox) storePicture(hash string, data []byte) error {
	if s.ledger == nil {
		s.memory[hash] = data
		return nil
	}
	return s.ledger.savePicture(hash, data)
}

// servePicture shows an upload to the page at /.
func (s *Sandbox) servePicture(w http.ResponseWriter, r *http.Request) {
	p, data, err := s.loadPicture(strings.TrimPrefix(r.URL.Path, "/img/"))
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

// upload is the form of img/upload, read and looked at before anything is locked.
type upload struct {
	fields   map[string]string // resp_type and upload_type, if they came as form fields
	url      string
	filename string
	data     []byte
	kind     string // of the picture
	refused  *refusal
}

// readUpload reads a multipart form, or the JSON body that some send instead.
// In JSON, resp_type and upload_type are not seen (reference section 5).
func readUpload(r *http.Request, body []byte) *upload {
	u := &upload{fields: map[string]string{}}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
		u.refused = refuse(44002)
	case err == nil && kind == "multipart/form-data":
		u.refused = u.readParts(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	default:
		u.readJSON(body)
	}
	if u.refused == nil && u.data != nil {
		u.refused = u.inspect()
	}
	return u
}

func (u *upload) readParts(form *multipart.Reader) *refusal {
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refuse(47001)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return refuse(47001)
		}
		if r := u.readPart(part, data); r != nil {
			return r
		}
	}
}

func (u *upload) readPart(part *multipart.Part, data []byte) *refusal {
	switch name := part.FormName(); name {
	case "media":
		u.filename, u.data = part.FileName(), data
	case "resp_type", "upload_type", "img_url":
		if strings.HasPrefix(part.Header.Get("Content-Type"), "multipart/") {
			return refuse(1070001) // seen in July 2022
		}
		if name == "img_url" {
			u.url = string(data)
			return nil
		}
		u.fields[name] = string(data)
	default:
		return refuse(47001)
	}
	return nil
}

func (u *upload) readJSON(body []byte) {
	var in struct {
		URL string `json:"img_url"`
	}
	if json.Unmarshal(body, &in) != nil || in.URL == "" {
		u.refused = refuse(1070001)
		return
	}
	u.url = in.URL
	u.fields["upload_type"] = "1"
}

// fetch gets the picture behind img_url.
func (u *upload) fetch(ctx context.Context, get func(context.Context, string) ([]byte, error)) {
	if u.refused != nil || u.url == "" || u.data != nil {
		return
	}
	if get == nil {
		u.refused = refuse(1070008)
		return
	}
	data, err := get(ctx, u.url)
	if err != nil {
		u.refused = refuse(1070008)
		return
	}
	u.data = data
	u.refused = u.inspect()
}

// inspect decodes the picture: what cannot be shown is not taken.
func (u *upload) inspect() *refusal {
	switch {
	case len(u.data) == 0:
		return refuse(1070001)
	case len(u.data) > maxPicture:
		return refusef(990008, "图片超过 2MB")
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(u.data))
	if err != nil || config.Width*config.Height > maxPixels {
		return refuse(1070011)
	}
	if _, _, err := image.Decode(bytes.NewReader(u.data)); err != nil {
		return refuse(1070011)
	}
	u.kind = "image/" + format
	return nil
}

func (u *upload) hash() string {
	sum := sha256.Sum256(u.data)
	return hex.EncodeToString(sum[:])
}

// summary is the form in one line, for Call.
func (u *upload) summary() string {
	return fmt.Sprintf("resp_type=%s upload_type=%s img_url=%s filename=%s bytes=%d sha256=%s",
		u.fields["resp_type"], u.fields["upload_type"], u.url, u.filename, len(u.data), u.hash())
}
