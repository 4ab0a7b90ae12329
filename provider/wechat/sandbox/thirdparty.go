package sandbox

import (
	"fmt"
	"time"
)

// What a third-party platform logs in with. They open nothing but a sandbox.
const (
	DefaultComponentAppID  = "wxc000000000000000"
	DefaultComponentSecret = "platform0platform0platform0platf"
)

// Lifetimes (reference sections 2.4 and 11; those of codes are the platform's
// usual ones).
const (
	ticketEvery    = 10 * time.Minute
	ticketLifetime = 12 * time.Hour
	ticketMemory   = 48 * time.Hour // an expired ticket is known as expired (61005) for so long
	preauthSeconds = 1800
	codeLifetime   = 10 * time.Minute
)

// thirdParty is what there is between the merchant and the third-party platform.
// Here too, values are derived from numbers.
type thirdParty struct {
	Pushed  int64     `json:"pushed,omitempty"`  // number of the ticket that was pushed last
	Refresh uint64    `json:"refresh,omitempty"` // number of the refresh token that is good
	Code    uint64    `json:"code,omitempty"`    // number of the authorisation code that was given last
	Expires time.Time `json:"expires,omitzero"`  // its end; zero once it was used
}

// ticketNumber counts tickets: there is another one every ten minutes.
func ticketNumber(at time.Time) int64 { return at.Unix() / int64(ticketEvery/time.Second) }

func (b *books) ticket(number int64) string {
	return "ticket@@@" + b.opaqueText("ticket", uint64(number)) + b.opaqueText("ticket2", uint64(number))
}

func (b *books) refreshToken() string {
	return "refreshtoken@@@" + b.opaqueText("refresh", b.access.ThirdParty.Refresh)
}

func (b *books) authorizationCode() string {
	return "queryauthcode@@@" + b.opaqueText("code", b.access.ThirdParty.Code)
}

// pushTicket sends the ticket of the hour to the platform, once.
func (s *Sandbox) pushTicket(now time.Time, c changes) {
	number := ticketNumber(now)
	if s.knobs.ThirdParty.URL == "" || number <= s.access.ThirdParty.Pushed {
		return
	}
	s.access.ThirdParty.Pushed = number
	c.add(s.access)
	push := s.knobs.Push
	push.URL, push.Secure, push.Format = s.knobs.ThirdParty.URL, true, "xml"
	s.pusher.enqueue(delivery{push: push, appID: DefaultComponentAppID, sent: s.clock(), message: message{at: now, info: reply{
		{"AppId", DefaultComponentAppID}, {"CreateTime", now.Unix()},
		{"InfoType", "component_verify_ticket"}, {"ComponentVerifyTicket", s.ticket(number)},
	}}})
}

func (x *exchange) checkTicket(given string) *refusal {
	newest := ticketNumber(x.now)
	for age := range int64(ticketMemory / ticketEvery) {
		if given != x.ticket(newest-age) {
			continue
		}
		if age >= int64(ticketLifetime/ticketEvery) {
			return refuse(61005)
		}
		return nil
	}
	return refuse(61006)
}

// checkGrant refuses a token of the wrong kind, and the third-party platform what
// the merchant has not granted it.
func (x *exchange) checkGrant(by way) *refusal {
	third := x.knobs.ThirdParty
	switch {
	case x.route.component && by != wayComponent:
		return refuse(61014)
	case !x.route.component && by == wayComponent:
		return refuse(61015)
	case by == wayAuthorizer && third.Revoked:
		return refuse(61003)
	case by == wayAuthorizer && third.NoPermission:
		return refuse(61007)
	}
	return nil
}

type componentTokenRequest struct {
	AppID  string `json:"component_appid"`
	Secret string `json:"component_appsecret"`
	Ticket string `json:"component_verify_ticket"`
}

func apiComponentToken(x *exchange, in *componentTokenRequest) (reply, *refusal) {
	if r := x.checkWay(wayComponent); r != nil {
		return nil, r
	}
	switch {
	case in.AppID == "":
		return nil, refuse(41002)
	case in.Secret == "":
		return nil, refuse(41004)
	case in.AppID != DefaultComponentAppID:
		return nil, refuse(40013)
	case in.Secret != DefaultComponentSecret:
		return nil, refuse(40125)
	}
	if r := x.checkTicket(in.Ticket); r != nil {
		return nil, r
	}
	if r := x.checkIP(); r != nil {
		return nil, refuse(61004)
	}
	x.retire(wayComponent)
	t := x.mint(wayComponent)
	return reply{{"component_access_token", x.value(*t)}, {"expires_in", x.secondsLeft(t)}}, nil
}

// componentRequest is what all requests with the platform's token have in common.
type componentRequest struct {
	ComponentAppID string `json:"component_appid"`
}

func (in componentRequest) check() *refusal {
	if in.ComponentAppID != DefaultComponentAppID {
		return refuse(61011)
	}
	return nil
}

func createPreauthCode(x *exchange, in *componentRequest) (reply, *refusal) {
	if r := in.check(); r != nil {
		return nil, r
	}
	return reply{{"pre_auth_code", "preauthcode@@@" + x.opaqueText("preauth", x.call.Seq)}, {"expires_in", preauthSeconds}}, nil
}

type queryAuthRequest struct {
	componentRequest
	Code string `json:"authorization_code"`
}

// queryAuth changes the code that the merchant's administrator brought for the
// first two tokens. A code is good once.
func queryAuth(x *exchange, in *queryAuthRequest) (reply, *refusal) {
	third := &x.access.ThirdParty
	switch {
	case in.check() != nil:
		return nil, in.check()
	case third.Expires.IsZero() || in.Code != x.authorizationCode():
		return nil, refuse(61009)
	case !x.now.Before(third.Expires):
		return nil, refuse(61010)
	}
	third.Expires = time.Time{}
	granted := append(reply{{"authorizer_appid", x.appID}}, x.grant()...)
	granted = append(granted, member{"func_info", []reply{{{"funcscope_category", reply{{"id", permissionSet}}}}}})
	return reply{{"authorization_info", granted}}, nil
}

// permissionSet is the one of the custom trading component (reference section 2.4).
const permissionSet = 85

type authorizerTokenRequest struct {
	componentRequest
	AppID        string `json:"authorizer_appid"`
	RefreshToken string `json:"authorizer_refresh_token"`
}

func apiAuthorizerToken(x *exchange, in *authorizerTokenRequest) (reply, *refusal) {
	switch {
	case in.check() != nil:
		return nil, in.check()
	case in.AppID != x.appID:
		return nil, refuse(40013)
	case x.knobs.ThirdParty.Revoked:
		return nil, refuse(61003)
	case in.RefreshToken != x.refreshToken():
		return nil, refuse(61023)
	}
	if x.knobs.ThirdParty.RotateRefresh {
		x.access.ThirdParty.Refresh++
	}
	return x.grant(), nil
}

// grant makes another token of the merchant for the platform; the one before
// lives on for the overlap at most.
func (x *exchange) grant() reply {
	x.retire(wayAuthorizer)
	t := x.mint(wayAuthorizer)
	return reply{
		{"authorizer_access_token", x.value(*t)}, {"expires_in", x.secondsLeft(t)},
		{"authorizer_refresh_token", x.refreshToken()},
	}
}

// Platform is what a third-party platform that serves this merchant has.
type Platform struct {
	AppID        string `json:"component_appid"`
	Secret       string `json:"component_appsecret"`
	Ticket       string `json:"component_verify_ticket"`
	RefreshToken string `json:"authorizer_refresh_token"`
}

// ThirdParty returns the secrets of the third-party platform as they are now.
func (c *Console) ThirdParty() Platform {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return Platform{DefaultComponentAppID, DefaultComponentSecret, c.s.ticket(ticketNumber(c.s.now())), c.s.refreshToken()}
}

// Authorize lets the merchant's administrator authorise the third-party platform
// (again). The code that it gets buys the first tokens; the refresh token of
// before is refused from now on.
func (c *Console) Authorize() (code string, err error) {
	err = c.do(func(now time.Time, ch changes) error {
		if c.s.knobs.ThirdParty.Revoked {
			return fmt.Errorf("knob third_party.revoked is set: the merchant does not want to")
		}
		third := &c.s.access.ThirdParty
		third.Refresh++
		third.Code++
		third.Expires = now.Add(codeLifetime)
		ch.add(c.s.access)
		code = c.s.authorizationCode()
		return nil
	})
	return code, err
}
