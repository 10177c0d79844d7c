export const policies = {
  // Kinds of documents
  'kind.policy': 'IAM policy',
  'kind.broad': 'Broad IAM policy',
  'kind.permission-set': 'Permission set',
  'kind.scp': 'Service control policy',
  'kind.vpc-endpoint': 'VPC endpoint policy',
  'kind.stackset': 'StackSet',
  'about.policy': 'Exactly the chosen models, profiles and regions, for a role or user of one account.',
  'about.broad': 'The one that Claude Code’s documentation has: every model in every region.',
  'about.permission-set': 'The same as the IAM policy, as CloudFormation for IAM Identity Center.',
  'about.scp':
    'Denies an organization’s accounts what was not chosen: other models, regions and, if you like, long-lived keys.',
  'about.vpc-endpoint': 'What may pass the interface endpoint of bedrock-runtime, and whose identities.',
  'about.stackset': 'A role with the policy in every account of an organization, as CloudFormation.',
  'impossible.tooLarge':
    'So many models and regions do not fit into one document of this kind. Choose fewer of them, or a StackSet, which splits them.',
  'impossible.noModels': 'No model is chosen that is offered in the chosen regions. Choose at least one.',
  'impossible.noRegions': 'No region is chosen. Choose at least one.',

  // What statements are for
  version: 'The version of IAM’s policy language, the only current one.',
  profiles_one: 'Claude Code calls this inference profile, in the region where it is named.',
  profiles_other:
    'Claude Code calls these {{count}} inference profiles, each in the region where it is named.',
  modelsRouted:
    'Bedrock also judges a call by the model that answers. These profiles route to {{regions}}, so the models are named there.',
  modelsAnyRegion:
    'Bedrock also judges a call by the model that answers, in whatever region the profile routes to.',
  modelsAnywhere:
    'A global profile is judged by the model in the calling region and by the model of all regions, which has no region in its ARN.',
  onDemand_one: 'A model that is called by its own id, in this region alone.',
  onDemand_other: '{{count}} models that are called by their own ids, each in its region alone.',
  list: 'Claude Code lists the inference profiles when it starts. Names are all that this shows.',
  marketplace: 'Lets the first use of a model in the account subscribe to it in AWS Marketplace.',
  documented: 'What Claude Code’s documentation recommends: every model and inference profile.',
  actionInvoke: 'A call, and a call whose answer streams. They cover the Converse operations too.',
  actionInvokeAndGet: 'A call, a call whose answer streams, and what a profile stands for.',
  actionList: 'Which inference profiles there are.',
  actionListAll:
    'Which profiles and models there are and which of them the account may use: what the Models view shows.',
  actionMarketplace: 'Subscribe to a model, and see what is subscribed.',
  actionDocumented: 'Calls, calls whose answers stream, and the list of inference profiles.',
  resourceProfiles: 'The profiles in this account. Another profile of the same model is another resource.',
  resourceModels: 'The models behind them.',
  resourceModelsAnywhere: 'The model of all regions, and that of the calling region.',
  resourceOnDemand: 'The models themselves. They belong to AWS, so no account is named.',
  resourceAny: 'These operations know no resources: nothing but all of them can be named.',
  resourceAllBedrock: 'Every inference profile and every model, of any maker, in any region.',
  conditionProfile: 'Only by way of these profiles: the model cannot be called past them.',
  conditionProfileAndWho: 'Only by way of these profiles, and only these identities.',
  conditionAccount: 'Only identities of account {{account}}.',
  conditionOrganization: 'Only identities of organization {{organization}}.',
  conditionRegions: 'Only in {{regions}}.',
  conditionMarketplace: 'Only when Bedrock asks for it in your name.',

  // What an organization denies
  denyOtherModels: 'Denies calls of every model and profile that is not named here, of any maker.',
  notResourceChosen:
    'Everything but these: the chosen profiles, the models behind them, and models that are called by their own ids.',
  denyPastProfiles:
    'Denies calls of the chosen models that do not go by an inference profile: they could be answered elsewhere.',
  conditionNotProfile: 'Calls without a profile. Other profiles are denied above.',
  denyOtherRegions: 'Denies Bedrock in every other region.',
  actionAllBedrock: 'Everything in Amazon Bedrock.',
  conditionNotRegions: 'All but the calling regions and those that the profiles route to: {{regions}}.',
  conditionNotRegionsGlobal:
    'All but the calling regions and those that the profiles route to: {{regions}}. “unspecified” is what a global profile’s request says.',
  denyUserKeys: 'Denies Bedrock to access keys of IAM users: they do not end by themselves.',
  conditionNoToken:
    'Temporary credentials tell when they were issued; keys of users do not. Calls that AWS services make in your name are left alone.',
  denyApiKeys: 'Denies calls with a long-term Bedrock API key.',
  denyApiKeysMantle: 'The same at the other address where such keys are taken (bedrock-mantle).',
  actionBearer: 'Any call that is signed by a bearer token.',
  conditionLongTerm: 'Long-term keys alone; those of at most twelve hours go on working.',
  denyNewApiKeys: 'Denies making new long-term Bedrock API keys.',
  actionNewApiKey: 'Makes credentials of a user for one service.',
  conditionBedrockKey: 'For Bedrock alone; other services’ are left alone.',
  denyNewKeys: 'Denies making new access keys of IAM users, whatever they are for.',
  actionNewKey: 'Makes an access key of a user.',

  // CloudFormation
  template: 'A CloudFormation template.',
  permissionSetParameters:
    'What you fill in: the IAM Identity Center instance, a name, and how long people stay signed in to the role.',
  permissionSet: 'The permission set. Assign it to people or groups and accounts afterwards.',
  permissionSetOutput: 'What assignments refer to.',
  stackSetParameters:
    'What you fill in: the units, the account that people sign in to, and the names of its permission set and of the role.',
  stackSet: 'The StackSet, with the permissions of AWS Organizations: no roles have to be made for it.',
  stackSetAutoDeployment:
    'An account that joins the units gets the role by itself; one that leaves loses it.',
  stackSetCapabilities: 'CloudFormation is told that this template makes a role with a name.',
  stackSetTargets:
    'The accounts of these units. Roles are the same in all regions, so {{region}} alone is enough.',
  role: 'The role that Claude Code’s calls are signed with in each account.',
  roleTrust: 'Only that permission set of the account where people sign in may take on the role.',
  managedPolicy: 'The role’s policy.',
  managedPolicySplit: 'Policy {{number}} of {{count}} of the role: one alone would be too large.',

  // What it does not hold
  warnBroad: 'It allows every model of every maker in every region. The IAM policy allows what was chosen.',
  warnDestinationsUnknown:
    'Bedrock did not tell where {{models}} route to. Their models are named for any region, by these profiles alone.',
  warnModelUnknown:
    'Bedrock did not tell which model is behind {{models}}. Any model is allowed by these profiles alone.',
  warnGlobal: '{{models}} may be answered in any commercial region.',
  warnAnyDestination:
    'The regions that profiles route to are left to the profiles: naming each would not fit. What is allowed stays the same.',
  warnMarketplace:
    'The first use of a model in an account needs an administrator, or the AWS Marketplace statement that can be added.',
  warnScpEverybody: 'It holds for everybody in the accounts and for all models, not for Claude Code alone.',
  warnScpReach: 'Service control policies leave the management account and service-linked roles alone.',
  warnScpMantle:
    'Models can also be called at bedrock-mantle, which has actions of its own. Deny them too where nobody needs them.',
  warnScpRegions: 'Regions are not denied, as Bedrock did not tell where all profiles route to.',
  warnScpAnyRegion:
    'Profiles are named for any region, as naming each would not fit; the regions are limited by a statement of their own.',
  warnScpKeys: 'Whatever signs in with keys of IAM users, and is not only for Bedrock, can make no new ones.',
  warnEndpointRuntime:
    'It is for the endpoint of bedrock-runtime. The list of profiles goes to bedrock, which has an endpoint of its own.',
  warnEndpointAnyone:
    'Nobody is named: identities of any account could use the endpoint. Name an account or an organization.',
  warnSplit: 'The models fill {{count}} policies, all of which the role has.',
  warnNotOffered: 'Not offered in {{region}}, and left out there: {{models}}.',
  warnGeography: 'Left out in {{region}}, as the environment’s data-residency rule forbids it: {{models}}.',
  warnTable:
    'AWS could not be asked what {{region}} offers: this is by Bedrock Tray’s own table of {{date}}.',
  warnAccounts: 'The environments are of several accounts, so profiles are named for any account.',
  warnPartition:
    '{{region}} belongs to another part of AWS ({{partition}}) and was left out: it needs a document of its own.',

  // Command line
  'iam.description': 'IAM documents to hand to an administrator',
  'iam.env': 'environment whose account, region and models count; repeatable (default: the active one)',
  'iam.model': 'model or inference profile, instead of the environments’ own; repeatable',
  'iam.region': 'region where models are called, instead of the environments’ own; repeatable',
  'iam.account': 'account whose profiles are named, or * for any',
  'iam.accountWrong': 'it is neither twelve digits nor *',
  'iam.organizationWrong': 'it is no id of an organization, such as o-a1b2c3d4e5',
  'iam.marketplace': 'let an account’s first use of a model subscribe to it in AWS Marketplace',
  'iam.noListing': 'leave out what only the models view of Bedrock Tray asks',
  'iam.denyKeys': 'deny keys of IAM users and long-term Bedrock API keys as well',
  'iam.organization': 'organization whose identities may use the endpoint',
  'iam.output': 'write the document to a file',
  'iam.explain': 'number the lines and say what each part is for',
  'iam.validate': 'have IAM Access Analyzer validate it',
  'iam.compare': 'ask IAM which of the calls the identity may make now',
  'iam.written': 'Written to {{file}}.',
  'iam.size': '{{size}} of {{limit}} characters, as AWS counts them.',
  'iam.lines': 'Lines',
  'iam.meaning': 'What it is for',
  'iam.action': 'Action',
  'iam.resource': 'Resource',
  'iam.decision': 'Now',

  // Validate and compare
  'decision.allowed': 'allowed',
  'decision.implicitDeny': 'not allowed',
  'decision.explicitDeny': 'denied',
  'type.error': 'error',
  'type.security': 'security',
  'type.warning': 'warning',
  'type.suggestion': 'suggestion',
  validated: 'IAM Access Analyzer has nothing to say against it.',
  validateRefused:
    'AWS could not be asked to validate it, which takes the permission {{permission}}. {{reason}}',
  compareRefused:
    'AWS could not be asked what the identity may do, which takes the permission {{permission}}. {{reason}}',
  compared_one: 'The identity may make this call now.',
  compared_other: 'The identity may make all {{count}} calls now.',
  comparedMissing_one: 'The identity may not make {{missing}} of {{count}} call now.',
  comparedMissing_other: 'The identity may not make {{missing}} of {{count}} calls now.',

  // The page
  'page.title': 'IAM documents',
  'page.about':
    'What to hand to an administrator, so that Claude Code may call Amazon Bedrock and nothing else.',
  'page.kind': 'Document',
  'page.for': 'What it is made for',
  'page.environments': 'Environments',
  'page.noEnvironment': 'Choose at least one environment.',
  'page.regions': 'Regions',
  'page.ofEnvironments': 'Of the environments',
  'page.chosen': 'Chosen here',
  'page.addRegion': 'Add a region',
  'page.models': 'Models',
  'page.ownModels': 'The models that Claude Code takes with these environments, its defaults included.',
  'page.searchModels': 'Search models',
  'page.searchModelsHint': 'Name or id',
  'page.noModels': 'Bedrock offers no model in these regions.',
  'page.marketplace': 'First use of a model',
  'page.marketplaceHint': 'Lets an account subscribe to it in AWS Marketplace.',
  'page.listing': 'Models view',
  'page.listingHint': 'What Bedrock Tray asks beyond Claude Code: which models there are and may be used.',
  'page.anyAccount': 'Any account',
  'page.anyAccountHint': 'Profiles of whatever account the document is put into.',
  'page.denyKeys': 'Deny long-lived keys',
  'page.denyKeysHint': 'Access keys of IAM users and long-term Bedrock API keys, also new ones.',
  'page.organization': 'Organization',
  'page.organizationHint': 'Whose identities may use the endpoint; without one, those of the account.',
  'page.organizationWrong': 'An organization’s id looks like o-a1b2c3d4e5.',
  'page.document': 'The document, explained',
  'page.nothingChosen': 'Choose environments, regions and models, and the document appears here.',
  'page.linesOf': 'Lines {{from}} to {{to}}:',
  'page.lineOf': 'line {{line}}',
  'page.size': 'Size',
  'page.copy': 'Copy the document',
  'page.save': 'Save…',
  'page.validate': 'Validate',
  'page.compare': 'Compare with what I have',
  'page.askHint': 'Asks AWS with the environment’s own identity. Nothing is changed, and nothing is charged.',
  'page.validation': 'IAM Access Analyzer',
  'page.comparison': 'What the identity may do now',
  'page.handOver': 'How it is put in force',
  'page.handOverHint': 'An administrator runs this beside {{file}}. Words in capitals are theirs to fill in.',
} as const;
