import { Block, Explained, Tagged } from './document-text.ts';
import { type ExplainedStatement, type Note, plainStatement, policyVersion } from './statement.ts';

/** What is handed over under a name of ours: the permission set, the role and the stack. */
export const templateName = 'ClaudeCodeBedrock';
/** A variable of CloudFormation's, which `!Sub` fills in. */
const variable = (name: string) => `\${${name}}`;
/** CloudFormation's word for the account that a template runs in. */
export const accountOfStack = variable('AWS::AccountId');
const trusted = (resource: string) =>
  `arn:${variable('AWS::Partition')}:iam::${variable('TrustedAccount')}:${resource}`;

const note = (code: string, params: Note['params'] = {}): Note => ({ code, params });
const explained = (value: unknown, code: string, params: Note['params'] = {}) =>
  new Explained(value, note(code, params));
const ref = (name: string) => new Tagged('!Ref', name);

/** A statement with the reasons for it and its parts. */
export function explainedStatement(part: ExplainedStatement): Explained {
  const { Action, Resource, NotResource, Condition, ...head } = plainStatement(part.statement);
  const reason = (key: string, value: unknown, why: Note | undefined) =>
    value === undefined ? {} : { [key]: why ? new Explained(value, why) : value };
  return new Explained(
    {
      ...head,
      ...reason('Action', Action, part.action),
      ...reason('Resource', Resource, part.resource),
      ...reason('NotResource', NotResource, part.resource),
      ...reason('Condition', Condition, part.condition),
    },
    part.why,
  );
}

/** A policy document with its reasons. */
export const explainedPolicy = (parts: readonly ExplainedStatement[]) => ({
  Version: explained(policyVersion, 'version'),
  Statement: parts.map(explainedStatement),
});

/** CloudFormation for a permission set of IAM Identity Center with these statements inline. */
export const permissionSetTemplate = (parts: readonly ExplainedStatement[]) => ({
  AWSTemplateFormatVersion: explained('2010-09-09', 'template'),
  Description: 'Permission set for Claude Code on Amazon Bedrock',
  Parameters: explained(
    {
      InstanceArn: { Type: 'String', Description: 'ARN of the IAM Identity Center instance' },
      Name: { Type: 'String', Default: templateName, MaxLength: 32 },
      SessionDuration: { Type: 'String', Default: 'PT8H', Description: 'ISO 8601, one to twelve hours' },
    },
    'permissionSetParameters',
  ),
  Resources: {
    PermissionSet: explained(
      {
        Type: 'AWS::SSO::PermissionSet',
        Properties: {
          InstanceArn: ref('InstanceArn'),
          Name: ref('Name'),
          Description: 'Claude Code on Amazon Bedrock',
          SessionDuration: ref('SessionDuration'),
          InlinePolicy: explainedPolicy(parts),
        },
      },
      'permissionSet',
    ),
  },
  Outputs: explained(
    { PermissionSetArn: { Value: new Tagged('!GetAtt', 'PermissionSet.PermissionSetArn') } },
    'permissionSetOutput',
  ),
});

const trustParameters = {
  TrustedAccount: {
    Type: 'String',
    AllowedPattern: '^[0-9]{12}$',
    Description: 'Account that people sign in to',
  },
  PermissionSetName: {
    Type: 'String',
    Default: templateName,
    Description: 'Permission set there that may take on the role',
  },
  RoleName: { Type: 'String', Default: templateName },
};

/** What each account gets: a role that a permission set of another account may take on, and its policies. */
const accountTemplate = (policies: readonly (readonly ExplainedStatement[])[]) => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Role for Claude Code on Amazon Bedrock',
  Parameters: trustParameters,
  Resources: {
    Role: explained(
      {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: ref('RoleName'),
          Description: 'Claude Code on Amazon Bedrock',
          AssumeRolePolicyDocument: explained(
            {
              Version: policyVersion,
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { AWS: trusted('root') },
                  Action: 'sts:AssumeRole',
                  Condition: {
                    ArnLike: {
                      'aws:PrincipalArn': trusted(
                        `role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_${variable('PermissionSetName')}_*`,
                      ),
                    },
                  },
                },
              ],
            },
            'roleTrust',
          ),
          ManagedPolicyArns: policies.map((_, i) => ref(`Policy${i + 1}`)),
        },
      },
      'role',
    ),
    ...Object.fromEntries(
      policies.map((parts, i) => [
        `Policy${i + 1}`,
        explained(
          {
            Type: 'AWS::IAM::ManagedPolicy',
            Properties: {
              Description: 'Models of Claude Code on Amazon Bedrock',
              PolicyDocument: explainedPolicy(parts),
            },
          },
          policies.length === 1 ? 'managedPolicy' : 'managedPolicySplit',
          { number: i + 1, count: policies.length },
        ),
      ]),
    ),
  },
});

/** CloudFormation for a StackSet that gives every account of the chosen units a role with these policies. */
export const stackSetTemplate = (policies: readonly (readonly ExplainedStatement[])[], region: string) => ({
  AWSTemplateFormatVersion: explained('2010-09-09', 'template'),
  Description: 'Claude Code on Amazon Bedrock for the accounts of an organization',
  Parameters: explained(
    {
      OrganizationalUnits: {
        Type: 'CommaDelimitedList',
        Description: 'Units (ou-...) or the root (r-...) whose accounts get the role',
      },
      ...trustParameters,
    },
    'stackSetParameters',
  ),
  Resources: {
    StackSet: explained(
      {
        Type: 'AWS::CloudFormation::StackSet',
        Properties: {
          StackSetName: templateName,
          Description: 'Claude Code on Amazon Bedrock',
          PermissionModel: 'SERVICE_MANAGED',
          AutoDeployment: explained(
            { Enabled: true, RetainStacksOnAccountRemoval: false },
            'stackSetAutoDeployment',
          ),
          Capabilities: explained(['CAPABILITY_NAMED_IAM'], 'stackSetCapabilities'),
          Parameters: Object.keys(trustParameters).map((name) => ({
            ParameterKey: name,
            ParameterValue: ref(name),
          })),
          StackInstancesGroup: explained(
            [
              {
                DeploymentTargets: { OrganizationalUnitIds: ref('OrganizationalUnits') },
                Regions: [region],
              },
            ],
            'stackSetTargets',
            { region },
          ),
          TemplateBody: new Block(accountTemplate(policies)),
        },
      },
      'stackSet',
    ),
  },
});
