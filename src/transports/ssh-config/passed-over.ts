/**
 * Options of ssh_config(5) that are passed over in files: they are about terminals, forwarding and sharing, which are not used here, or
 * they offer more ways of trust and of logging in, so that without them the worst is a refusal.
 */
export const PASSED_OVER: ReadonlySet<string> = new Set(
  `addkeystoagent batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots
  canonicalizepermittedcnames casignaturealgorithms channeltimeout checkhostip clearallforwardings compression
  compressionlevel dynamicforward enableescapecommandline enablesshkeysign escapechar exitonforwardfailure
  fingerprinthash forkafterauthentication forwardagent forwardx11 forwardx11timeout forwardx11trusted gatewayports
  gssapiauthentication gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange
  gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hostbasedacceptedalgorithms hostbasedkeytypes
  identityagentforward ignoreunknown ipqos kbdinteractivedevices keychainintegration knownhostscommand localcommand
  localforward logverbose nohostauthenticationforlocalhost numberofpasswordprompts obscurekeystroketiming
  permitlocalcommand permitremoteopen protocol pubkeyacceptedalgorithms pubkeyacceptedkeytypes rekeylimit remoteforward
  requesttty requiredrsasize rhostsrsaauthentication rsaauthentication sendenv sessiontype setenv smartcarddevice
  stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tag tunnel tunneldevice updatehostkeys
  useprivilegedport usekeychain usersh verifyhostkeydns versionaddendum visualhostkey warnweakcrypto xauthlocation
  kexalgorithmsdefault useroaming`.split(/\s+/),
);
