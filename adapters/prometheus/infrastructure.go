package prometheus

import (
	"context"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
)

// certificateEvery is long, because a certificate changes every few weeks.
const certificateEvery = time.Minute

// RegisterCertificate shows in r when the certificate ends that is served;
// expiry reads it from its file.
func RegisterCertificate(r prom.Registerer, f *Refresher, expiry func() (time.Time, error)) {
	at := refreshed(f, "certificate", certificateEvery, func(context.Context) (time.Time, error) { return expiry() })
	registerOnceRead(r, at, prom.GaugeOpts{
		Name: "tls_certificate_expiry_timestamp_seconds", Help: "When the certificate in SSL_CERT_PATH ends.",
	}, func(t time.Time) float64 { return float64(t.Unix()) })
}

// onceRead shows a value from when it was first read: zero would be a lie.
type onceRead[T any] struct {
	desc   *prom.Desc
	value  *latest[T]
	figure func(T) float64
}

func registerOnceRead[T any](r prom.Registerer, value *latest[T], o prom.GaugeOpts, figure func(T) float64) {
	r.MustRegister(onceRead[T]{prom.NewDesc(o.Name, o.Help, nil, nil), value, figure})
}

func (o onceRead[T]) Describe(out chan<- *prom.Desc) { out <- o.desc }

func (o onceRead[T]) Collect(out chan<- prom.Metric) {
	if read := o.value.Load(); read != nil {
		show(out, o.desc, o.figure(*read))
	}
}
