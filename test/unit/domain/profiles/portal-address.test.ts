import { describe, expect, test } from 'vitest';
import {
  isAwsPortalHost,
  regionOfPortalHost,
  regionOfPortalPage,
} from '../../../../src/domain/profiles/portal-address.ts';
import { cpuMs } from '../../../support/cpu-time.ts';

describe('hosts', () => {
  test.each([
    ['ssoins-7223.portal.us-west-2.app.aws', 'us-west-2'],
    ['SSOINS-7223.PORTAL.US-WEST-2.APP.AWS.', 'us-west-2'],
    ['ssoins-7223.eu-west-1.portal.amazonaws.com', 'eu-west-1'],
    ['ssoins-7223.us-gov-west-1.portal.amazonaws.com', 'us-gov-west-1'],
    ['ssoins-7223.portal.cn-north-1.app.amazonwebservices.com.cn', 'cn-north-1'],
    ['ssoins-7223.cn-north-1.portal.amazonaws.com.cn', 'cn-north-1'],
    ['ssoins-7223.eusc-de-east-1.portal.amazonaws.eu', 'eusc-de-east-1'],
    ['ssoins-7223.portal.eusc-de-east-1.api.amazonwebservices.eu', 'eusc-de-east-1'],
    ['start.cn-northwest-1.home.awsapps.cn', 'cn-northwest-1'],
    ['start.us-gov-west-1.us-gov-home.awsapps.com', 'us-gov-west-1'],
    ['us-east-2.signin.aws', 'us-east-2'],
  ])('%s names its region', (host, region) => {
    expect(regionOfPortalHost(host)).toBe(region);
    expect(isAwsPortalHost(host)).toBe(true);
  });

  test.each([
    'd-1234567890.awsapps.com',
    'acme.awsapps.com',
    'start.us-gov-home.awsapps.com',
    'start.home.awsapps.cn',
    'identitycenter.amazonaws.com',
    'identitycenter.us-gov.amazonaws.com',
    'x.portal.nowhere.app.aws',
  ])('%s is of AWS and does not', (host) => {
    expect(regionOfPortalHost(host)).toBeNull();
    expect(isAwsPortalHost(host)).toBe(true);
  });

  test.each([
    'aws.acme.example',
    'awsapps.com.evil.example',
    'evil-awsapps.com',
    'ssoins-1.portal.us-west-2.app.aws.evil.example',
    'ssoins-1.us-west-2.portal.amazonaws.com.evil.example',
    'notidentitycenter.amazonaws.com',
    'us-west-2.signin.aws.evil.example',
    '',
  ])('%s is not of AWS', (host) => {
    expect(isAwsPortalHost(host)).toBe(false);
    expect(regionOfPortalHost(host)).toBeNull();
  });
});

describe('pages', () => {
  test.each([
    '<head><meta name="region" content="us-west-2"/></head>',
    "<meta content='us-west-2' name='region'>",
    '<META  NAME=region CONTENT=us-west-2 >',
    '<meta name="region" content="CN"><meta name="region" content="us-west-2">',
    '<span id="env" hidden>{"stage":"prod","region":"us-west-2"}</span>',
    '<script id=env type="application/json">{&quot;region&quot;:&quot;us-west-2&quot;}</script>',
  ])('%s', (html) => expect(regionOfPortalPage(html)).toBe('us-west-2'));

  test.each([
    '',
    '<meta name="geo.region" content="us-west-2">',
    '<meta name="region" content="{{region}}">',
    '<meta name="description" content="name=region us-west-2">',
    '<span id="env">{"region":"../x"}</span>',
    '<span id="env">{</span>',
    '<span id="environment">{"region":"us-west-2"}</span>',
    'us-west-2',
  ])('says nothing: %s', (html) => expect(regionOfPortalPage(html)).toBeNull());

  test('a hostile page takes no time', () => {
    const begun = cpuMs();
    regionOfPortalPage(`${'<meta '.repeat(50_000)}${'<a id="env"'.repeat(20_000)}`);
    expect(cpuMs() - begun).toBeLessThan(2_000);
  });
});
