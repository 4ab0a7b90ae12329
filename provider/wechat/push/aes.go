package push

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

const (
	keyLen     = 32
	paddingLen = 32 // PKCS#7 over blocks of 32 bytes, not of AES's 16 (reference section 9.1)
	randomLen  = 16
)

// aesKey decodes an EncodingAESKey. Its last character may hold bits that are
// thrown away, so the decoding is not strict.
func aesKey(encoded string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil || len(key) != keyLen {
		return nil, errors.New("the EncodingAESKey must have 43 characters of base64")
	}
	return key, nil
}

var errSealed = errors.New("it was not encrypted with our key")

// decrypt opens an encrypted message: 16 random bytes, the length in four bytes
// (big endian), the message, the appid, and the padding.
func decrypt(key []byte, sealed string) (message []byte, appid string, err error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) == 0 || len(raw)%paddingLen != 0 {
		return nil, "", errSealed
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, "", err
	}
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(raw, raw)
	raw, ok := unpad(raw)
	if !ok || len(raw) < randomLen+4 {
		return nil, "", errSealed
	}
	n := uint64(binary.BigEndian.Uint32(raw[randomLen:]))
	raw = raw[randomLen+4:]
	if n > uint64(len(raw)) {
		return nil, "", errSealed
	}
	return raw[:n], string(raw[n:]), nil
}

// unpad checks every byte of the padding.
func unpad(raw []byte) ([]byte, bool) {
	n := int(raw[len(raw)-1])
	if n < 1 || n > paddingLen {
		return nil, false
	}
	right := 1
	for _, b := range raw[len(raw)-n:] {
		right &= subtle.ConstantTimeByteEq(b, byte(n))
	}
	return raw[:len(raw)-n], right == 1
}
