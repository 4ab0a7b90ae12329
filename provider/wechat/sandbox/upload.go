package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
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
	"slices"
	"strings"
)

const (
	maxPicture = 2 << 20         // bytes (reference section 5)
	maxPixels  = 100 * 1_000_000 // of a picture that is worth decoding
)

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
