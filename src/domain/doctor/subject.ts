/** What the links are checked for: an environment, or, before there is one, what AWS's own tools would use. Pure data. */
export interface DoctorSubject {
  platform: string;
  /** Null: there is none yet. */
  environment: string | null;
  profile: string;
  region: string;
  /** Of the profile's sign-in. */
  ssoSession: string | null;
  /** The id that Bedrock is asked for. */
  model: string;
  endpointUrl: string | null;
}
