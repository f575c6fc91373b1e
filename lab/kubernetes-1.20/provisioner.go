package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	networkClass = "lab/network" // a folder that every node sees at the same path: a pod may move with it
	localClass   = "lab/local"   // a folder of one node: a pod is bound to its node

	selectedNode  = "volume.kubernetes.io/selected-node"            // written to a claim by the scheduler
	provisionedBy = "pv.kubernetes.io/provisioned-by"               // on a volume: who deletes it
	nodeOfVolume  = "lab/node"                                      // on a volume: whose folder it is
	provisionerOf = "volume.beta.kubernetes.io/storage-provisioner" // written to a claim by the volume controller
)

// volumes makes and deletes the volumes of two storage classes, as folders of this machine. They are volumes of kind local,
// so that the kubelet applies fsGroup to them as it does to a cloud's disks.
type volumes struct {
	client        kubernetes.Interface
	shared, nodes string
}

func provision() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig that may read claims and classes and write volumes")
	shared := flag.String("shared", "", "folder of this machine that each node mounts at /mnt/shared")
	nodes := flag.String("nodes", "", "pattern of the folder that node NAME mounts at /mnt/disks, with %s for NAME")
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal(err)
	}
	v := &volumes{kubernetes.NewForConfigOrDie(config), *shared, *nodes}
	factory := informers.NewSharedInformerFactory(v.client, 0)
	claims, made, classes := factory.Core().V1().PersistentVolumeClaims(), factory.Core().V1().PersistentVolumes(), factory.Storage().V1().StorageClasses()
	changed := make(chan struct{}, 1)
	notify := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	for _, informer := range []cache.SharedIndexInformer{claims.Informer(), made.Informer(), classes.Informer()} {
		informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc: func(interface{}) { notify() }, UpdateFunc: func(_, _ interface{}) { notify() }, DeleteFunc: func(interface{}) { notify() }})
	}
	forever := make(chan struct{})
	factory.Start(forever)
	factory.WaitForCacheSync(forever)
	notify()
	// every change of a claim, a volume or a class is a reason to look at all of them; there are few
	for range changed {
		failed := false
		allClaims, _ := claims.Lister().List(labels.Everything())
		for _, claim := range allClaims {
			if class := classOf(claim, classes.Lister().Get); class != nil {
				failed = v.make(claim, class) != nil || failed
			}
		}
		allVolumes, _ := made.Lister().List(labels.Everything())
		for _, volume := range allVolumes {
			failed = v.remove(volume) != nil || failed
		}
		if failed {
			time.AfterFunc(time.Second, notify)
		}
	}
}

// classOf is the class of a claim that waits for a volume of ours, or nil.
func classOf(claim *corev1.PersistentVolumeClaim, get func(string) (*storagev1.StorageClass, error)) *storagev1.StorageClass {
	if claim.Spec.VolumeName != "" || claim.Spec.StorageClassName == nil || claim.DeletionTimestamp != nil {
		return nil
	}
	class, err := get(*claim.Spec.StorageClassName)
	if err != nil || class.Provisioner != networkClass && class.Provisioner != localClass {
		return nil
	}
	if claim.Annotations[provisionerOf] != class.Provisioner {
		return nil // the volume controller has not decided yet; it may still bind a volume that exists
	}
	waits := class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer
	if waits && claim.Annotations[selectedNode] == "" {
		return nil
	}
	return class
}

func (v *volumes) make(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass) error {
	name := "pvc-" + string(claim.UID)
	mount, node := "/mnt/shared", ""
	where := corev1.NodeSelectorRequirement{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpExists}
	if class.Provisioner == localClass {
		mount, node = "/mnt/disks", claim.Annotations[selectedNode]
		if node == "" {
			log.Printf("claim %s/%s: class %s needs volumeBindingMode WaitForFirstConsumer", claim.Namespace, claim.Name, class.Name)
			return nil
		}
		where = corev1.NodeSelectorRequirement{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}
	}
	if err := os.MkdirAll(v.folder(node, name), 0o770); err != nil {
		log.Print(err)
		return err
	}
	mode, policy := corev1.PersistentVolumeFilesystem, corev1.PersistentVolumeReclaimDelete
	if class.ReclaimPolicy != nil {
		policy = *class.ReclaimPolicy
	}
	_, err := v.client.CoreV1().PersistentVolumes().Create(context.Background(), &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedBy: class.Provisioner, nodeOfVolume: node}},
		Spec: corev1.PersistentVolumeSpec{
			StorageClassName:              class.Name,
			PersistentVolumeReclaimPolicy: policy,
			AccessModes:                   claim.Spec.AccessModes,
			MountOptions:                  class.MountOptions,
			VolumeMode:                    &mode,
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			ClaimRef: &corev1.ObjectReference{APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name,
				UID: claim.UID, ResourceVersion: claim.ResourceVersion},
			PersistentVolumeSource: corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: filepath.Join(mount, name)}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{
				{MatchExpressions: []corev1.NodeSelectorRequirement{where}}}}},
		},
	}, metav1.CreateOptions{})
	if err != nil && !errors.IsAlreadyExists(err) {
		log.Print(err)
		return err
	}
	return nil
}

// remove deletes a volume whose claim is gone, where its policy says so.
func (v *volumes) remove(volume *corev1.PersistentVolume) error {
	by := volume.Annotations[provisionedBy]
	if by != networkClass && by != localClass || volume.Status.Phase != corev1.VolumeReleased ||
		volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete {
		return nil
	}
	err := os.RemoveAll(v.folder(volume.Annotations[nodeOfVolume], volume.Name))
	if err == nil {
		err = v.client.CoreV1().PersistentVolumes().Delete(context.Background(), volume.Name, metav1.DeleteOptions{})
	}
	if err != nil && !errors.IsNotFound(err) {
		log.Print(err)
		return err
	}
	return nil
}

func (v *volumes) folder(node, volume string) string {
	if node == "" {
		return filepath.Join(v.shared, volume)
	}
	return filepath.Join(fmt.Sprintf(v.nodes, node), volume)
}
