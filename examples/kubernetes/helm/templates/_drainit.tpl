{{- /*
drainit in front of a program whose image stays as it is: five parts for the pod
and its container, each with .Values.drainit. templates/deployment.yaml shows where
they go, and what stands there without drainit.
*/ -}}

{{- define "drainit.pod" -}}
{{- with .Values.drainit -}}
terminationGracePeriodSeconds: {{ .gracePeriodSeconds }}
volumes:
  - name: drainit
{{- if .imageVolume }}
    image: {reference: {{ .image | quote }}, pullPolicy: IfNotPresent}
{{- else }}
    emptyDir: {sizeLimit: 32Mi}
initContainers:
  - name: install-drainit
    image: {{ .image | quote }}
    imagePullPolicy: IfNotPresent
    command: ["/drainit", "ctl", "install", "/opt/drainit/drainit"]
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      runAsNonRoot: true
      runAsUser: 65534
      capabilities: {drop: [ALL]}
      seccompProfile: {type: RuntimeDefault}
    volumeMounts:
      - {name: drainit, mountPath: /opt/drainit}
{{- end }}
{{- end }}
{{- end }}

{{- define "drainit.command" -}}
{{ concat (list "/opt/drainit/drainit" "--") .Values.command | toJson }}
{{- end }}

{{- define "drainit.env" -}}
- {name: DRAINIT_GRACE_PERIOD, value: "{{ .Values.drainit.gracePeriodSeconds }}s"}
{{- range $name, $value := .Values.drainit.env }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "drainit.probes" -}}
readinessProbe:
  httpGet: {path: /readyz, port: drainit}
  periodSeconds: 1
  failureThreshold: 6
livenessProbe:
  httpGet: {path: /livez, port: drainit}
{{- end }}

{{- define "drainit.mount" -}}
- {name: drainit, mountPath: /opt/drainit, readOnly: true}
{{- end }}
