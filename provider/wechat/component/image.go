package component

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/url"
	"path"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
)

// platformHosts hold pictures that are the platform's already (section 5).
var platformHosts = []string{"store.mp.video.tencent-cloud.com", "mmbizurl.cn", "mmecimage.cn"}

// codeCannotFetch is said when the platform cannot fetch a picture's URL.
const codeCannotFetch = 1070008

// ImageInfo is the reply of img/upload; only what resp_type asked for is set.
type ImageInfo struct {
	MediaID    wechat.Text `json:"media_id"`
	TempImgURL wechat.Text `json:"temp_img_url"`
	PayMediaID wechat.Text `json:"pay_media_id"`
}

// UploadFile is img/upload of a file, asking for a link. A lost answer cannot be
// found again by reading, and a second copy of a picture does no harm, so the call
// counts as one that may be repeated.
func (a *API) UploadFile(ctx context.Context, file *wechat.File) (*ImageInfo, error) {
	file.Field = "media"
	return a.upload(ctx, &wechat.Form{
		Fields: []wechat.Field{{Name: "resp_type", Value: "1"}, {Name: "upload_type", Value: "0"}},
		File:   file,
	})
}

// UploadURL is img/upload of a picture that the platform fetches by itself.
func (a *API) UploadURL(ctx context.Context, imgURL string) (*ImageInfo, error) {
	return a.upload(ctx, &wechat.Form{Fields: []wechat.Field{
		{Name: "resp_type", Value: "1"}, {Name: "upload_type", Value: "1"}, {Name: "img_url", Value: imgURL},
	}})
}

func (a *API) upload(ctx context.Context, form *wechat.Form) (*ImageInfo, error) {
	var reply struct {
		Info wechat.Object[ImageInfo] `json:"img_info"`
	}
	if err := a.client.Do(ctx, wechat.Call{Path: "/shop/img/upload", Form: form}, &reply); err != nil {
		return nil, err
	}
	return &reply.Info.Value, nil
}

// UploadImage implements provider.Provider.
func (p *Provider) UploadImage(ctx context.Context, picture provider.Picture) (string, error) {
	if picture.URL == "" {
		return linkOf(p.uploadFile(ctx, picture.Name, picture.Size, picture.Open))
	}
	if p.Hosts(picture.URL) {
		return picture.URL, nil
	}
	link, err := linkOf(p.api.UploadURL(ctx, picture.URL))
	if hasCode(err, codeCannotFetch) {
		return p.uploadFetched(ctx, picture.URL, err)
	}
	return link, err
}

func (p *Provider) uploadFile(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) (*ImageInfo, error) {
	return p.api.UploadFile(ctx, &wechat.File{Name: name, ContentType: imageType(name), Size: size, Open: open})
}

// uploadFetched hands over the bytes of a picture that the platform could not
// fetch. When we cannot fetch it either, the platform's refusal is the error.
func (p *Provider) uploadFetched(ctx context.Context, imgURL string, refusal error) (string, error) {
	name, content, err := p.fetcher.fetch(ctx, imgURL)
	if err != nil {
		return "", &provider.Error{
			Class: provider.ClassFix, Call: "img/upload", Code: codeCannotFetch, Err: errors.Join(refusal, err),
			Message: err.Error(),
			Meaning: lang.F("Neither the platform nor this machine can fetch the picture: %v.", "平台和本机都无法获取该图片：%v。", err),
			Remedy:  lang.T("Put the picture into the catalog directory and name its file.", "请把图片放到目录中，改为引用文件。"),
		}
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	return linkOf(p.uploadFile(ctx, name, int64(len(content)), open))
}

// linkOf takes the link out of a reply. A reply with a media_id alone is how the
// platform answers when it did not see resp_type as a form field (section 5); a
// media_id cannot be used for products.
func linkOf(info *ImageInfo, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if info.TempImgURL != "" {
		return string(info.TempImgURL), nil
	}
	e := &provider.Error{
		Class: provider.ClassFix, Call: "img/upload", Err: errors.New("the answer holds no temp_img_url"),
		Meaning: lang.T("The picture was taken, but no link came back.", "图片已接收，但没有返回链接。"),
		Remedy:  lang.T("Run again; if it stays, report it with the log of --log-level debug.", "请重试；若持续出现，请附上 --log-level debug 的日志反馈。"),
	}
	if info.MediaID != "" {
		e.Err = errors.New("the answer holds a media_id instead of a temp_img_url")
		e.Meaning = lang.T("The platform did not see resp_type as a form field and gave a media_id, which products cannot use.", "平台没有把 resp_type 识别为表单字段，返回了 media_id，不能用于商品。")
		e.Remedy = lang.T("Something between here and the platform rewrites multipart bodies; check --endpoint and the proxy.", "请求途中有程序改写了 multipart 请求体；请检查 --endpoint 和代理。")
	}
	return "", e
}

// Hosts implements provider.Provider.
func (p *Provider) Hosts(imgURL string) bool {
	u, err := url.Parse(imgURL)
	if err != nil {
		return false
	}
	for _, host := range platformHosts {
		if u.Hostname() == host || strings.HasSuffix(u.Hostname(), "."+host) {
			return true
		}
	}
	return false
}

// imageType is the content type of the file part, by extension.
func imageType(name string) string {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	default:
		if t := mime.TypeByExtension(ext); strings.HasPrefix(t, "image/") {
			return t
		}
		return "application/octet-stream"
	}
}
