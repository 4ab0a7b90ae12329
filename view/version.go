package view

// Version is which program this is.
type Version struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// versionDocument nests the program's version, because "version" at the top of
// a document is that of the document.
type versionDocument struct {
	Envelope
	Program Version `json:"program"`
}

// Version prints which program this is.
func (v *View) Version(x Version) error {
	if v.Format == JSON {
		return writeJSON(v.Out, versionDocument{Envelope{"version", 1}, x})
	}
	p := v.outPage()
	p.line(0, raw("shopctl "+x.Version+" ("+x.Go+", "+x.Platform+")"))
	return p.flush(v.Out)
}
