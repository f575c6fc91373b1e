"""Makes a network of three zones and an EKS cluster in it on moto's server.

    moto_cluster.py ADDRESS NAME      prints the ARN of a role for nodes
"""
import json
import sys
import urllib.request

import boto3

address, name = sys.argv[1:]


def client(service):
    return boto3.client(service, region_name="eu-central-1", endpoint_url=address, aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="secret")


ec2, iam = client("ec2"), client("iam")
vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
subnets = [
    ec2.create_subnet(
        VpcId=vpc, CidrBlock=f"10.8.{16 * i}.0/20", AvailabilityZone=f"eu-central-1{zone}",
        TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": "kubernetes.io/role/internal-elb", "Value": "1"}]}],
    )["Subnet"]["SubnetId"]
    for i, zone in enumerate("abc")
]
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
role = iam.create_role(RoleName="kafka-nodes", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
for policy in ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy"):
    iam.attach_role_policy(RoleName="kafka-nodes", PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
# moto gives back what it was given, and EKS tells the network too: boto3 would not send that.
cluster = {"name": name, "version": "1.34", "roleArn": "arn:aws:iam::123456789012:role/eks", "resourcesVpcConfig": {"subnetIds": subnets, "vpcId": vpc}}
signed = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-central-1/eks/aws4_request, SignedHeaders=host, Signature=0"
urllib.request.urlopen(urllib.request.Request(f"{address}/clusters", json.dumps(cluster).encode(), {"Content-Type": "application/json", "Authorization": signed})).read()
print(role)
