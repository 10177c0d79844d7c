import type { PolicyKind } from '../../contract/policies.ts';
import { templateName } from './templates.ts';

const stack = 'claude-code-bedrock';
const files: Readonly<Record<PolicyKind, string>> = {
  policy: 'claude-code-bedrock-policy.json',
  broad: 'claude-code-bedrock-broad-policy.json',
  'permission-set': 'claude-code-bedrock-permission-set.yaml',
  scp: 'claude-code-bedrock-scp.json',
  'vpc-endpoint': 'claude-code-bedrock-endpoint-policy.json',
  stackset: 'claude-code-bedrock-stackset.yaml',
};

/** The file's name, and the AWS CLI's commands that put it in force. Words in capitals are the administrator's to fill in. */
export function handOver(kind: PolicyKind, regions: readonly string[]): { file: string; commands: string[] } {
  const file = files[kind];
  switch (kind) {
    case 'policy':
    case 'broad':
      return {
        file,
        commands: [
          `aws iam create-policy --policy-name ${templateName} --policy-document file://${file}`,
          'aws iam attach-role-policy --role-name ROLE --policy-arn POLICY_ARN',
        ],
      };
    case 'permission-set':
      return {
        file,
        commands: [
          'aws sso-admin list-instances',
          `aws cloudformation deploy --stack-name ${stack} --template-file ${file} --parameter-overrides InstanceArn=INSTANCE_ARN`,
          'aws sso-admin create-account-assignment --instance-arn INSTANCE_ARN --permission-set-arn PERMISSION_SET_ARN --target-type AWS_ACCOUNT --target-id ACCOUNT --principal-type GROUP --principal-id GROUP_ID',
        ],
      };
    case 'scp':
      return {
        file,
        commands: [
          `aws organizations create-policy --type SERVICE_CONTROL_POLICY --name ${templateName} --description 'Models and regions of Claude Code on Amazon Bedrock' --content file://${file}`,
          'aws organizations attach-policy --policy-id POLICY_ID --target-id UNIT_OR_ACCOUNT',
        ],
      };
    case 'vpc-endpoint':
      return {
        file,
        commands: regions.map(
          (region) =>
            `aws ec2 modify-vpc-endpoint --region ${region} --vpc-endpoint-id ENDPOINT_ID --policy-document file://${file}`,
        ),
      };
    case 'stackset':
      return {
        file,
        commands: [
          'aws organizations enable-aws-service-access --service-principal member.org.stacksets.cloudformation.amazonaws.com',
          `aws cloudformation deploy --stack-name ${stack} --template-file ${file} --parameter-overrides OrganizationalUnits=UNITS TrustedAccount=ACCOUNT`,
        ],
      };
  }
}
