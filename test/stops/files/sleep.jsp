<%@ page contentType="text/plain" %><% String q = request.getQueryString(); if (q != null) Thread.sleep(1000L * Integer.parseInt(q)); %>ok
