package main

import (
	"flag"
	"log"
	"net"
	"strings"

	"github.com/miekg/dns"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	zone     = ".svc.cluster.local."
	seconds  = 5 // how long an answer may be kept
	anyWhere = "0.0.0.0"
)

// zoneServer answers for the Services of the cluster (A and SRV) by the rules that Kubernetes gives for DNS. No other name
// exists for it.
type zoneServer struct {
	services  corelisters.ServiceLister
	endpoints corelisters.EndpointsLister
}

// target is one address that a name stands for, with the name of its own that SRV records point to.
type target struct {
	name, address string
	ports         []port
}

type port struct {
	name, protocol string
	number         int32
}

func serveDNS() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig that may read Services and Endpoints")
	listen := flag.String("listen", anyWhere+":53", "address to listen on, TCP and UDP")
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal(err)
	}
	factory := informers.NewSharedInformerFactory(kubernetes.NewForConfigOrDie(config), 0)
	core := factory.Core().V1()
	core.Services().Informer()
	core.Endpoints().Informer()
	forever := make(chan struct{})
	factory.Start(forever)
	factory.WaitForCacheSync(forever) // nobody is answered before the whole cluster is known
	handler := &zoneServer{core.Services().Lister(), core.Endpoints().Lister()}
	ended := make(chan error)
	for _, network := range []string{"tcp", "udp"} {
		server := &dns.Server{Addr: *listen, Net: network, Handler: handler}
		go func() { ended <- server.ListenAndServe() }()
	}
	log.Fatal(<-ended)
}

func (z *zoneServer) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	answer := new(dns.Msg)
	answer.SetReply(query)
	answer.Authoritative = true
	if len(query.Question) == 1 {
		z.answer(query.Question[0], answer)
	} else {
		answer.Rcode = dns.RcodeFormatError
	}
	if w.RemoteAddr().Network() == "udp" {
		size := dns.MinMsgSize
		if o := query.IsEdns0(); o != nil {
			size = int(o.UDPSize())
		}
		if answer.Len() > size {
			answer.Truncated = true // who asked comes again by TCP
			answer.Answer, answer.Extra = nil, nil
		}
	}
	_ = w.WriteMsg(answer) // who asked asks again
}

// answer knows SERVICE.NAMESPACE, POD.SERVICE.NAMESPACE and _PORT._PROTOCOL.SERVICE.NAMESPACE below the zone.
func (z *zoneServer) answer(question dns.Question, answer *dns.Msg) {
	answer.Rcode = dns.RcodeNameError
	name := strings.ToLower(question.Name)
	if !strings.HasSuffix(name, zone) {
		return
	}
	labels := strings.Split(strings.TrimSuffix(name, zone), ".")
	if len(labels) < 2 || len(labels) > 4 {
		return
	}
	n := len(labels)
	service, err := z.services.Services(labels[n-1]).Get(labels[n-2])
	if err != nil {
		return
	}
	if service.Spec.Type == corev1.ServiceTypeExternalName {
		if n == 2 {
			answer.Rcode = dns.RcodeSuccess
			answer.Answer = []dns.RR{&dns.CNAME{Hdr: header(question.Name, dns.TypeCNAME), Target: dns.Fqdn(service.Spec.ExternalName)}}
		}
		return
	}
	for _, t := range z.targets(service) {
		switch n {
		case 4:
			z.answerPort(question, labels[0], labels[1], t, answer)
			continue
		case 3:
			// a Service with an address of its own has no names below it
			if service.Spec.ClusterIP != corev1.ClusterIPNone || !strings.HasPrefix(t.name, labels[0]+".") {
				continue
			}
		}
		answer.Rcode = dns.RcodeSuccess // the name exists, even where it has no record of the type asked for
		if question.Qtype == dns.TypeA {
			answer.Answer = append(answer.Answer, addressRecord(question.Name, t)...)
		}
	}
}

func (z *zoneServer) answerPort(question dns.Question, portName, protocol string, t target, answer *dns.Msg) {
	for _, p := range t.ports {
		if portName != "_"+p.name || protocol != "_"+strings.ToLower(p.protocol) {
			continue
		}
		answer.Rcode = dns.RcodeSuccess
		if question.Qtype == dns.TypeSRV {
			answer.Answer = append(answer.Answer, &dns.SRV{Hdr: header(question.Name, dns.TypeSRV), Weight: 100, Port: uint16(p.number), Target: t.name})
			answer.Extra = append(answer.Extra, addressRecord(t.name, t)...)
		}
	}
}

// targets are the Service's own address, or for a headless Service its pods: the ready ones, or all of them where the
// Service publishes the others too (the endpoints controller has seen to that).
func (z *zoneServer) targets(service *corev1.Service) []target {
	suffix := "." + service.Name + "." + service.Namespace + zone
	if service.Spec.ClusterIP != corev1.ClusterIPNone {
		t := target{name: strings.TrimPrefix(suffix, "."), address: service.Spec.ClusterIP}
		for _, p := range service.Spec.Ports {
			t.ports = append(t.ports, port{p.Name, string(p.Protocol), p.Port})
		}
		return []target{t}
	}
	endpoints, err := z.endpoints.Endpoints(service.Namespace).Get(service.Name)
	if err != nil {
		return nil
	}
	var targets []target
	for _, subset := range endpoints.Subsets {
		for _, a := range subset.Addresses {
			host := a.Hostname
			if host == "" {
				host = strings.ReplaceAll(a.IP, ".", "-")
			}
			t := target{name: host + suffix, address: a.IP}
			for _, p := range subset.Ports {
				t.ports = append(t.ports, port{p.Name, string(p.Protocol), p.Port})
			}
			targets = append(targets, t)
		}
	}
	return targets
}

func addressRecord(name string, t target) []dns.RR {
	address := net.ParseIP(t.address).To4()
	if address == nil {
		return nil
	}
	return []dns.RR{&dns.A{Hdr: header(name, dns.TypeA), A: address}}
}

func header(name string, kind uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: seconds}
}
