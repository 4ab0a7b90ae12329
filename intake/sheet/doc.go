// Package sheet reads products out of spreadsheets and writes them into one.
//
// A sheet passes through four rooms, each in a file of its own: a source
// (csv.go, xlsx.go) streams rows of text; the header (header.go) says which
// column holds which field; assemble.go turns rows into products, and names
// every cell that it cannot take; check.go lets the language's own rules judge
// the products and maps what they find back to cells. So a merchant hears of all
// mistakes at once, in the words of the sheet.
package sheet
