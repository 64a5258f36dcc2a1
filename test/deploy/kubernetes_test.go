package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// cluster is what a kustomization makes.
type cluster []runtime.Object

// of are those of a kind, by name.
func of[T interface {
	runtime.Object
	meta.Object
}](c cluster) map[string]T {
	all := make(map[string]T)
	for _, object := range c {
		if o, is := object.(T); is {
			all[o.GetName()] = o
		}
	}
	return all
}

// build has kustomize build a folder of deploy/kubernetes, and decodes all of it as
// strictly as the API server would with --validate=strict: a field that there is
// not is an error.
func build(t *testing.T, folder string) cluster {
	t.Helper()
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(root, "deploy/kubernetes", folder))
	if err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		apps.AddToScheme, batch.AddToScheme, core.AddToScheme, policy.AddToScheme, autoscaling.AddToScheme, networking.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	strict := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	var c cluster
	for _, resource := range made.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		object, _, err := strict.Decode(text, nil, nil)
		if err != nil {
			t.Errorf("%s %s: %v", folder, resource.CurId(), err)
			continue
		}
		c = append(c, object)
	}
	return c
}

func TestKubernetesManifestsHold(t *testing.T) {
	t.Parallel()
	c := build(t, "example")
	deployments, services, scalers, budgets := of[*apps.Deployment](c), of[*core.Service](c), of[*autoscaling.HorizontalPodAutoscaler](c), of[*policy.PodDisruptionBudget](c)
	ingresses, policies, accounts := of[*networking.Ingress](c), of[*networking.NetworkPolicy](c), of[*core.ServiceAccount](c)
	if len(deployments) != 3 || len(scalers) != 2 || len(budgets) != 2 || len(ingresses) != 1 {
		t.Fatalf("it makes %+v", c)
	}
	var settings map[string]string
	for _, s := range of[*core.ConfigMap](c) {
		settings = s.Data
	}
	for name, d := range deployments {
		if !matches(t, *d.Spec.Selector, d.Spec.Template.Labels) {
			t.Errorf("%s does not select its own pods", name)
		}
		for _, fault := range podFaults(d.Spec.Template.Spec, settings) {
			t.Errorf("%s %s", name, fault)
		}
		if accounts[d.Spec.Template.Spec.ServiceAccountName] == nil {
			t.Errorf("%s runs as an account that there is not", name)
		}
		box := d.Spec.Template.Spec.Containers[0]
		if box.StartupProbe == nil || box.LivenessProbe == nil {
			t.Errorf("%s is not probed", name)
		}
		// It goes on for 2.5 s and then drains for up to 25 s, see cmd/internal/core.
		if g := d.Spec.Template.Spec.TerminationGracePeriodSeconds; g == nil || *g < 30 {
			t.Errorf("%s is killed before it has drained", name)
		}
	}
	if deployments["api"].Spec.Template.Spec.Containers[0].ReadinessProbe == nil {
		t.Error("the API has no readiness probe, so it gets requests that it cannot answer")
	}
	api := deployments["api"].Spec.Template
	if s := services["api"]; !labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(api.Labels)) || port(api.Spec, s.Spec.Ports[0].TargetPort.StrVal) != 8000 {
		t.Errorf("the service leads to %v", s.Spec)
	}
	for name, i := range ingresses {
		if backend := i.Spec.Rules[0].HTTP.Paths[0].Backend.Service; services[backend.Name] == nil || !slices.Contains(i.Spec.TLS[0].Hosts, i.Spec.Rules[0].Host) {
			t.Errorf("ingress %s leads to %s, with TLS for %v", name, backend.Name, i.Spec.TLS)
		}
	}
	for name, b := range budgets {
		if !matches(t, *b.Spec.Selector, deployments[name].Spec.Template.Labels) {
			t.Errorf("the budget of %s is for others", name)
		}
	}
	metrics, adapter := read(t, "docs/metrics.md"), read(t, "deploy/kubernetes/prometheus-adapter.yaml")
	for name, h := range scalers {
		d := deployments[h.Spec.ScaleTargetRef.Name]
		if d == nil || d.Spec.Replicas != nil || *h.Spec.MinReplicas < 2 || h.Spec.MaxReplicas <= *h.Spec.MinReplicas {
			t.Errorf("the scaler %s works against %v", name, d)
		}
		for _, m := range h.Spec.Metrics {
			var metric string
			switch {
			case m.Pods != nil:
				metric = m.Pods.Metric.Name
			case m.External != nil:
				metric = m.External.Metric.Name
			default:
				continue
			}
			if !strings.Contains(adapter, "as: "+metric) {
				t.Errorf("%s scales by %s, which prometheus-adapter does not make", name, metric)
			}
		}
	}
	for _, series := range []string{"http_requests_total", "task_queue_backlog"} {
		if !strings.Contains(metrics, "`"+series+"`") || !strings.Contains(adapter, series) {
			t.Errorf("%s is no metric of ours, or prometheus-adapter does not use it", series)
		}
	}
	for name, p := range policies {
		hit := false
		for _, d := range deployments {
			hit = hit || matches(t, p.Spec.PodSelector, d.Spec.Template.Labels)
		}
		if !hit || len(p.Spec.Ingress) == 0 {
			t.Errorf("the policy %s is for nobody", name)
		}
	}
}

func TestMigrationsRunAsAJob(t *testing.T) {
	t.Parallel()
	c := build(t, "migrate")
	job := of[*batch.Job](c)["migrate"]
	if job == nil || job.Spec.Template.Spec.RestartPolicy != core.RestartPolicyNever {
		t.Fatalf("it makes %+v", c)
	}
	for _, fault := range podFaults(job.Spec.Template.Spec, nil) {
		t.Error(fault)
	}
}

// podFaults are what makes pods unfit: rights, no limits, settings that nobody
// reads, files that are not there.
func podFaults(p core.PodSpec, settings map[string]string) (all []string) {
	add := func(bad bool, what string) {
		if bad {
			all = append(all, what)
		}
	}
	s := p.SecurityContext
	add(s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.SeccompProfile == nil, "may run as root")
	add(p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken, "is given a token of Kubernetes")
	mounted := map[string]bool{}
	for _, v := range p.Volumes {
		if v.Secret != nil {
			mounted[v.Secret.SecretName] = true
			// Keys that all may read are refused, see adapters/crypto.
			add(v.Secret.DefaultMode == nil || *v.Secret.DefaultMode != 0o440 || s.FSGroup == nil, "cannot read its secret "+v.Name)
		}
	}
	for _, box := range p.Containers {
		c := box.SecurityContext
		add(c == nil || c.ReadOnlyRootFilesystem == nil || !*c.ReadOnlyRootFilesystem || c.AllowPrivilegeEscalation == nil || *c.AllowPrivilegeEscalation ||
			!slices.Contains(c.Capabilities.Drop, "ALL"), "has rights or a writable root")
		add(box.Resources.Requests.Cpu().IsZero() || box.Resources.Limits.Memory().IsZero(), "asks for no resources")
		given := map[string]string{}
		for name, value := range settings {
			given[name] = value
		}
		for _, e := range box.Env {
			given[e.Name] = e.Value
		}
		for name, value := range given {
			add(!variables()[name], "is given "+name+", which nobody reads")
			folder, _, _ := strings.Cut(strings.TrimPrefix(value, "/run/secrets/"), "/")
			inFile := strings.HasPrefix(value, "/run/secrets/")
			secret := map[string]string{"football": "football", "operations": "football-operations"}[folder]
			add(inFile && !mounted[secret], name+" names a file that is not mounted: "+value)
		}
		for _, probe := range []*core.Probe{box.StartupProbe, box.LivenessProbe, box.ReadinessProbe} {
			add(probe != nil && port(p, probe.HTTPGet.Port.StrVal) == 0, "is probed at a port that it lacks")
		}
	}
	return all
}

// variables are those that our programs read.
var variables = sync.OnceValue(func() map[string]bool {
	text, err := os.ReadFile(filepath.Join(root, "cmd/internal/config/config.go"))
	if err != nil {
		panic(err)
	}
	all := map[string]bool{"TMPDIR": true}
	for _, found := range regexp.MustCompile(`env:"([A-Z0-9_]+)"`).FindAllStringSubmatch(string(text), -1) {
		all[found[1]], all[found[1]+"_FILE"] = true, true
	}
	return all
})

func port(p core.PodSpec, name string) int32 {
	for _, c := range p.Containers {
		for _, each := range c.Ports {
			if each.Name == name {
				return each.ContainerPort
			}
		}
	}
	return 0
}

func matches(t *testing.T, s meta.LabelSelector, of map[string]string) bool {
	t.Helper()
	selector, err := meta.LabelSelectorAsSelector(&s)
	if err != nil {
		t.Fatal(err)
	}
	return !selector.Empty() && selector.Matches(labels.Set(of))
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The files that the secrets are made of in docs/kubernetes.md are those that the
// manifests name.
func TestKubernetesSecretsAreMade(t *testing.T) {
	t.Parallel()
	made := read(t, "deploy/scripts/make-secrets.sh")
	page := read(t, "docs/kubernetes.md")
	named := regexp.MustCompile(`/run/secrets/(football|operations)/([a-z0-9_]+)`)
	var all string
	for _, file := range []string{"base/settings.env", "base/operations.yaml", "migrate/job.yaml"} {
		all += read(t, "deploy/kubernetes/"+file)
	}
	found := named.FindAllStringSubmatch(all, -1)
	if len(found) < 12 {
		t.Errorf("only %d files are named", len(found))
	}
	for _, f := range found {
		if !strings.Contains(page, "--from-file="+f[2]+"=") && !strings.Contains(page, "--from-literal="+f[2]+"=") {
			t.Errorf("docs/kubernetes.md does not say how %s is made", f[2])
		}
		if !strings.Contains(made, strings.TrimSuffix(strings.TrimSuffix(f[2], "_cert"), "_key")) && !strings.HasPrefix(f[2], "s3_") {
			t.Errorf("make-secrets.sh makes no %s", f[2])
		}
	}
}
