package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

var _ notifying.Channel = (*DingTalk)(nil)

// DingTalk posts through a group's custom robot
// (https://open.dingtalk.com/document/robots/custom-robot-access).
type DingTalk struct {
	webhook

	address, secret string
	now             domain.Clock
}

// NewDingTalk returns the channel behind a robot's address. Secret is that of
// its signature; empty for a robot that is protected otherwise.
func NewDingTalk(address, secret string, now domain.Clock) *DingTalk {
	return &DingTalk{webhook: newWebhook("dingtalk"), address: address, secret: secret, now: now}
}

// Name implements [notifying.Channel].
func (d *DingTalk) Name() string { return d.name }

// Pace implements [notifying.Channel]: a robot that posts more than 20 times
// a minute is blocked for ten minutes.
func (*DingTalk) Pace() time.Duration { return 3 * time.Second }

const (
	// mostDingTalk is less than the 20,000 bytes that a robot may post, whatever
	// the characters are.
	mostDingTalk = 5_000
	// dingTalkTooFast is the errcode of a robot that is blocked.
	dingTalkTooFast = 130101
	dingTalkBlocked = 10 * time.Minute
)

// Post implements [notifying.Channel]. It posts text and no Markdown, so that
// nothing in it means anything.
func (d *DingTalk) Post(ctx context.Context, n notifying.Notice) error {
	address, err := d.signed()
	if err != nil {
		return err
	}
	answer, err := d.post(ctx, address, map[string]any{
		"msgtype": "text", "text": map[string]string{"content": shortened(n.Subject+"\n"+n.Body, mostDingTalk)},
	})
	if err != nil {
		return err
	}
	// Also what is refused is answered with 200.
	var told struct {
		Code *int   `json:"errcode"`
		Text string `json:"errmsg"`
	}
	switch err := json.Unmarshal(answer, &told); {
	case err != nil || told.Code == nil:
		return domain.Errorf(domain.Unavailable, ErrChannelAway.Code, "dingtalk answers what is no answer")
	case *told.Code == dingTalkTooFast:
		return d.tooFast(dingTalkBlocked)
	case *told.Code < 0:
		return domain.Errorf(domain.Unavailable, ErrChannelAway.Code, "dingtalk is busy: %.100s", told.Text)
	case *told.Code > 0:
		return domain.Errorf(domain.Forbidden, ErrChannelRefused.Code, "dingtalk refuses with %d: %.100s", *told.Code, told.Text)
	}
	return nil
}

// signed is the address with the time and its signature.
func (d *DingTalk) signed() (string, error) {
	u, err := url.Parse(d.address)
	if err != nil {
		return "", domain.Errorf(domain.Invalid, ErrChannelRefused.Code, "DINGTALK_WEBHOOK_URL is no address")
	}
	if d.secret == "" {
		return d.address, nil
	}
	stamp := strconv.FormatInt(d.now().UnixMilli(), 10)
	query := u.Query()
	query.Set("timestamp", stamp)
	query.Set("sign", signature(stamp, d.secret))
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// signature is the HMAC-SHA256 of the time and the secret, by the secret, in
// base64
// (https://open.dingtalk.com/document/robots/customize-robot-security-settings).
func signature(stamp, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strings.Join([]string{stamp, secret}, "\n")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
